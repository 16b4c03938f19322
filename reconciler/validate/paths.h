#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mcpctl
{

/// The steps of a path, without empty ones and `.`: `/srv//mcp/./x/` has `srv`, `mcp`, `x`.
std::vector<std::string> stepsOf(std::string_view path);

/// Whether the path climbs anywhere (`..`).
bool climbs(std::string_view path);

/// The absolute path with the same steps: one slash between them, none at the end; the root is `/`.
/// `..` is not resolved: only the file system knows where it leads.
std::string normalPath(std::string_view path);

/// Whether normal path `path` is `folder` or lies below it. Steps are compared, not letters:
/// `/srv/mcp-other` is not below `/srv/mcp`.
bool isAtOrBelow(std::string_view path, std::string_view folder);

}
