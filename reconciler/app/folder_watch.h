#pragma once

#include "app/folder_look.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace mcpctl
{

/// Calls somebody when the manifests below some folders have changed: what the loader reads of them, or fails to.
///
/// What the kernel tells (inotify) is a hint and no more: it says when to look again, and a look (FolderLook) says
/// whether anything moved. So a lost or an odd event costs a look at most, and nobody is called for a `.git` that
/// works, a readme, or a file that was merely opened. Where the kernel cannot tell (network file systems, FUSE, no
/// watches left, a folder on the way that may not be read) the looks come by the clock.
class FolderWatch
{
public:
    struct Options
    {
        std::chrono::milliseconds debounce{200};     ///< that nothing happened before `changed` is called
        std::chrono::milliseconds longest{2'000};    ///< but no longer than this after the first change
        std::chrono::milliseconds pollEvery{2'000};  ///< between two looks where the kernel cannot tell
        std::chrono::milliseconds sureEvery{60'000}; ///< and where it can: a mount over a folder is told by nobody
        bool forcePolling = false;                   ///< do without inotify
    };

    /// `paths` are folders or single files, there or not yet there. Each change after the constructor has returned
    /// leads to a call of `changed`, from a thread of this object; it must not throw. Many changes may be one call.
    /// Throws std::system_error when not even a thread can be had.
    FolderWatch(const std::vector<std::filesystem::path>& paths, const Options& options, std::function<void()> changed);
    /// Waits for a call that is under way. Not from within one.
    ~FolderWatch();
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    /// Whether the kernel cannot tell of all changes, so that they are looked for. Any thread.
    bool polling() const { return polling_; }

private:
    using Clock = std::chrono::steady_clock;

    void run(const std::stop_token& stop);
    void settle(const std::stop_token& stop);
    bool hear(Clock::time_point until, const std::stop_token& stop) const;
    bool readEvents() const;
    std::string look();
    bool watch(const std::map<std::filesystem::path, WatchedPlace>& places);

    const Options options_;
    const std::function<void()> changed_;
    std::vector<std::string> paths_;
    int inotify_ = -1;                    ///< -1: there is none
    int wake_ = -1;                       ///< an eventfd: the end has come
    std::map<int, WatchedPlace> watched_; ///< by watch descriptor
    std::atomic<bool> polling_{true};
    std::string seen_; ///< the digest of the last look
    std::string told_; ///< the one that the last call was about

    std::jthread thread_; ///< last: it uses all of the above
};

}
