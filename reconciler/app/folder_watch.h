#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>
#include <vector>

namespace mcpctl
{

/// Tells when manifests change: files, folders with all below them as load() reads them, and the folders' own coming
/// and going. A swap of symbolic links is seen, as in a mounted ConfigMap; hidden names (`.git`, an editor's swap
/// files) are not told of.
///
/// inotify says that something may have happened; what counts is a fingerprint of everything that would be read, taken
/// when it has been quiet for a while. It is taken from time to time anyway, and often where inotify cannot work: on
/// network file systems, or when the user's watches are used up.
class FolderWatch
{
public:
    struct Options
    {
        std::chrono::milliseconds debounce{200}; ///< of quiet before `changed`
        std::chrono::milliseconds longest{2000}; ///< from the first change on, quiet or not
        std::chrono::milliseconds check{30'000}; ///< between two fingerprints, with inotify
        std::chrono::milliseconds poll{2000};    ///< without
        bool polling = false;                    ///< do without inotify, whether it works or not
    };

    /// Sees whatever happens after it returns. `changed` is called from a thread of its own.
    FolderWatch(std::vector<std::filesystem::path> paths, Options options, std::function<void()> changed);
    ~FolderWatch();
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

private:
    class Watching;

    int wake_ = -1; ///< an eventfd that ends the thread
    std::jthread thread_;
};

}
