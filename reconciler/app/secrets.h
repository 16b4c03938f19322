#pragma once

#include "model/desired_state.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mcpctl
{

/// A place where values of secrets are. An empty value is none, wherever it comes from.
struct SecretSource
{
    enum class Kind
    {
        folder,      ///< of files, one per secret
        environment, ///< MCPCTL_SECRET_NAME: upper case, `-` and `.` as `_`
        command,     ///< that prints it
    };

    Kind kind = Kind::folder;
    std::string text{}; ///< the folder, or the command as SecretCommand takes it

    /// For people: `folder /run/secrets`.
    std::string shown() const;
};

/// Where to look, in this order, and what the environment holds.
struct SecretSources
{
    std::vector<SecretSource> places;
    std::function<std::optional<std::string>(const std::string&)> environment;
};

/// The places of a command line that names `given`, in their order: where it names none, the folder /run/secrets; the
/// environment comes last unless it was named.
std::vector<SecretSource> inOrder(std::vector<SecretSource> given);

/// `desired` with the value of every secret filled in. Each secret is looked for once. One that cannot be had stays
/// unresolved and says why (EnvValue::why): it is nowhere, or the first place that should have it refuses. A plan calls
/// it unknown, and apply fails the server that needs it, and that server alone.
DesiredState withSecrets(DesiredState desired, const SecretSources& sources);

/// The secret in one file, without one newline at its end. Nothing where there is no such file.
/// Throws std::runtime_error for one that cannot be used: unreadable, not regular, open to others, over 1 MiB, or with
/// a NUL byte.
std::optional<std::string> readSecretFile(const std::filesystem::path& path);

}
