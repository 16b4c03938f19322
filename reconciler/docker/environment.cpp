#include "docker/environment.h"

#include <pwd.h>
#include <unistd.h>

namespace mcpctl::docker
{

Environment Environment::ofProcess()
{
    Environment result;
    for (char** entry = environ; entry && *entry; ++entry)
    {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            result.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    if (!result.get("HOME"))
        if (const passwd* user = ::getpwuid(::getuid()); user && user->pw_dir)
            result.variables["HOME"] = user->pw_dir;
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
