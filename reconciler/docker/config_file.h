#pragma once

#include "docker/environment.h"

#include <Poco/JSON/Object.h>

#include <filesystem>
#include <string>

namespace mcpctl::docker
{

/// A JSON object read from one of docker's own files.
struct ConfigFile
{
    std::filesystem::path path{};
    Poco::JSON::Object::Ptr object{}; ///< null if there is no such file, or a problem
    std::string problem{};            ///< unreadable or not a JSON object; has no content of the file in it
};

ConfigFile readConfigFile(const std::filesystem::path& path);

/// Docker's client settings: config.json in Environment::dockerConfigFolder().
ConfigFile readDockerConfig(const Environment& environment);

/// A member that is a string; empty if it is absent or something else.
std::string stringOf(const Poco::JSON::Object& object, const std::string& name);

}
