#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mcpctl::docker
{

/// What this folder reads of the world around the process. A value: logic takes it as an argument, so that a test can
/// give any home folder and any variables, and nothing but ofProcess() calls getenv.
struct Environment
{
    std::map<std::string, std::string, std::less<>> variables{};

    /// Where an engine listens if nothing says otherwise. Source: dockerd(8), --host.
    std::filesystem::path defaultSocket = "/var/run/docker.sock";

    /// The environment of this process, without secrets for servers. HOME is filled in from the password database where
    /// it is not set. Call it before other threads start: it reads `environ`.
    static Environment ofProcess();

    /// The value of a variable; none if it is not set or empty, which docker does not tell apart either.
    std::optional<std::string> get(std::string_view name) const;

    /// Docker's folder of client settings: $DOCKER_CONFIG, else $HOME/.docker. Empty if there is no home.
    std::filesystem::path dockerConfigFolder() const;
};

}
