#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mcpctl
{

/// A folder in which something may happen that changes what the loader reads.
struct WatchedPlace
{
    bool manifests = false;        ///< the loader looks into it: any name counts that is not hidden
    std::set<std::string> names{}; ///< that count besides: they lead to a manifest, or will

    /// Whether something that happened to `name` in the folder counts. Empty: to the folder itself.
    bool concerns(const std::string& name) const;
};

/// What the manifests of some paths look like from outside, without a look into a file.
struct FolderLook
{
    /// Every folder that the loader looks into, and every one on the way to it or to a file, through all symbolic
    /// links: where each link, and each name that is not there yet, would change.
    std::map<std::filesystem::path, WatchedPlace> places;

    /// Equal digests: the loader finds the same files in the same places, and none was written since. Cheap: made of
    /// names, file ids, sizes and times.
    std::string digest;

    /// A file changed only just now, and may change once more under the same time; so the digest is equal to no other.
    bool young = false;
};

/// Looks at what load() would read of `paths`, which are absolute. Never throws for what it finds.
FolderLook lookAtFolders(const std::vector<std::string>& paths);

}
