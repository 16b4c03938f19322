#include "docker/environment.h"

#include "system/run_program.h"
#include "system/user.h"

#include <unistd.h>

namespace mcpctl::docker
{

Environment Environment::ofProcess()
{
    Environment result{.variables = ownEnvironment()};
    if (!result.get("HOME"))
        if (const auto user = userOf(::getuid()))
            result.variables["HOME"] = user->home;
    return result;
}

std::optional<std::string> Environment::get(std::string_view name) const
{
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty())
        return std::nullopt;
    return found->second;
}

std::filesystem::path Environment::dockerConfigFolder() const
{
    if (const auto folder = get("DOCKER_CONFIG"))
        return *folder;
    if (const auto home = get("HOME"))
        return std::filesystem::path(*home) / ".docker";
    return {};
}

}
