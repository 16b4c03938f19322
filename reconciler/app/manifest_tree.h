#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mcpctl
{

/// Where something that load() reads comes from.
struct TreeEntry
{
    std::filesystem::path path;
    bool folder = false;
    bool link = false; ///< the path is a symbolic link; what it leads to counts
};

/// Goes through all that load() would read below `paths`, in its order, and returns a text that changes when any of it
/// does: names, identities, sizes and times. `onEntry` is called for each file and, before it is read, for each folder.
std::string fingerprintOf(const std::vector<std::filesystem::path>& paths,
                          const std::function<void(const TreeEntry&)>& onEntry);

/// As load() sees it: does this name belong to a manifest?
bool isManifestName(const std::filesystem::path& name);

}
