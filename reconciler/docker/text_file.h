#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace mcpctl::docker
{

/// The content of a regular file; none if it cannot be read or is something else. (A stream over a folder opens well,
/// and throws what nobody expects.)
std::optional<std::string> readTextFile(const std::filesystem::path& path);

}
