#pragma once

#include "model/diagnostic.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace mcpctl
{

/// One text to read.
struct ManifestFile
{
    std::string name;           ///< as in SourcePos::file
    std::filesystem::path path; ///< empty: standard input
};

struct FoundFiles
{
    std::vector<ManifestFile> files;            ///< in the order of the paths, sorted within a folder
    std::vector<std::filesystem::path> folders; ///< that were looked into, each once
    Diagnostics diagnostics;
    bool wholeFolders = false; ///< every path was a folder
};

/// Finds the manifests that `paths` lead to, as load() says, at most `maxFiles`. Follows symbolic links, but
/// none to a folder that it is in. What it cannot look into is an error: a folder that is passed over
/// would look like one whose servers nobody wants any more.
FoundFiles findManifestFiles(const std::vector<std::string>& paths, std::size_t maxFiles);

/// Reads a regular file of at most `maxBytes`; or says why it cannot. Never waits for a pipe or a device.
std::variant<std::string, Diagnostic> readManifestFile(const ManifestFile& file, std::size_t maxBytes);

}
