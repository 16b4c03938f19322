#include "validate/paths.h"

#include <algorithm>

namespace mcpctl
{

std::vector<std::string> stepsOf(std::string_view path)
{
    std::vector<std::string> steps;
    while (!path.empty())
    {
        const std::size_t slash = path.find('/');
        const std::string_view step = path.substr(0, slash);
        if (!step.empty() && step != ".")
            steps.emplace_back(step);
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    return steps;
}

bool climbs(std::string_view path)
{
    const auto steps = stepsOf(path);
    return std::find(steps.begin(), steps.end(), "..") != steps.end();
}

std::string normalPath(std::string_view path)
{
    std::string result;
    for (const auto& step : stepsOf(path))
        result.append("/").append(step);
    return result.empty() ? "/" : result;
}

bool isAtOrBelow(std::string_view path, std::string_view folder)
{
    if (folder == "/")
        return true;
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}
