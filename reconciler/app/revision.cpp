#include "app/revision.h"

#include "app/git.h"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <utility>

namespace mcpctl
{

namespace
{

/// What `git ARGUMENTS` prints, or nothing when it fails.
std::optional<std::string> git(const std::string& folder, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"-C", folder});
    try
    {
        const auto result = runGit({.arguments = std::move(arguments)});
        return result.ok() ? std::optional(result.output) : std::nullopt;
    }
    catch (const std::exception&)
    {
        return std::nullopt;
    }
}

}

std::string gitRevision(const std::vector<std::string>& paths)
{
    if (paths.empty() || paths.front() == "-")
        return "";
    std::error_code ignored;
    const std::filesystem::path path(paths.front());
    const auto folder =
        std::filesystem::is_directory(path, ignored) ? path : std::filesystem::absolute(path, ignored).parent_path();
    const auto commit = git(folder.string(), {"rev-parse", "HEAD"});
    if (!commit)
        return "";
    const auto changes = git(folder.string(), {"status", "--porcelain", "--", "."});
    return changes && changes->empty() ? *commit : *commit + "-dirty";
}

}
