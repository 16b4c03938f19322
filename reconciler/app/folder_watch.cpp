#include "app/folder_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

#include <linux/magic.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace mcpctl
{

namespace
{

namespace fs = std::filesystem;

/// Not IN_MODIFY: who writes has not finished before the close.
constexpr std::uint32_t interesting = IN_CREATE | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |
                                      IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/// Others may change what is in it, and this kernel would not hear of it.
bool isSharedWithOthers(const fs::path& folder)
{
    struct statfs s = {};
    if (::statfs(folder.c_str(), &s) != 0)
        return false;
    static constexpr std::uint32_t fuse = 0x65735546, cifs = 0xFF534D42, ceph = 0x00C36400, vboxFolder = 0x786F4256;
    static constexpr std::array<std::uint32_t, 9> kinds{
        NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, SMB2_SUPER_MAGIC, AFS_SUPER_MAGIC, V9FS_MAGIC, fuse, cifs, ceph, vboxFolder};
    return std::find(kinds.begin(), kinds.end(), static_cast<std::uint32_t>(s.f_type)) != kinds.end();
}

}

FolderWatch::FolderWatch(const std::vector<fs::path>& paths, const Options& options, std::function<void()> changed)
    : options_(options), changed_(std::move(changed))
{
    for (const auto& path : paths)
        paths_.push_back(fs::absolute(path).string());
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_ < 0)
        throw std::system_error(errno, std::generic_category(), "eventfd");
    if (!options_.forcePolling)
        inotify_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    told_ = seen_ = look();
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

FolderWatch::~FolderWatch()
{
    thread_.request_stop();
    ::eventfd_write(wake_, 1);
    thread_.join();
    ::close(wake_);
    if (inotify_ >= 0)
        ::close(inotify_);
}

void FolderWatch::run(const std::stop_token& stop)
{
    while (!stop.stop_requested())
    {
        const bool heard = hear(Clock::now() + (polling_ ? options_.pollEvery : options_.sureEvery), stop);
        if (!heard)
            seen_ = look();
        if (heard || seen_ != told_)
            settle(stop);
    }
}

/// Waits for the end of what has begun to happen, and tells of it.
void FolderWatch::settle(const std::stop_token& stop)
{
    const auto end = Clock::now() + options_.longest;
    std::string before;
    do
    {
        while (hear(std::min(end, Clock::now() + options_.debounce), stop) && Clock::now() < end)
            ; // not quiet yet
        before = std::exchange(seen_, look());
        // Where nobody tells that it is quiet, two looks have to agree on it.
    } while (polling_ && before != seen_ && Clock::now() < end && !stop.stop_requested());
    if (seen_ == told_ || stop.stop_requested())
        return;
    told_ = seen_;
    changed_();
}

/// True: something happened that may be a change. False: nothing did until `until`, or it is over.
bool FolderWatch::hear(Clock::time_point until, const std::stop_token& stop) const
{
    while (!stop.stop_requested())
    {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0)
            return false;
        std::array<pollfd, 2> entries{{{wake_, POLLIN, 0}, {inotify_, POLLIN, 0}}}; // poll passes over -1
        if (::poll(entries.data(), entries.size(), static_cast<int>(left)) > 0 && entries[1].revents != 0 &&
            readEvents())
            return true;
    }
    return false;
}

bool FolderWatch::readEvents() const
{
    bool concerned = false;
    alignas(inotify_event) std::array<char, 16 * 1024> buffer{};
    for (ssize_t size = 0; (size = ::read(inotify_, buffer.data(), buffer.size())) > 0;)
        for (const char* at = buffer.data(); at < buffer.data() + size;)
        {
            const auto* event = reinterpret_cast<const inotify_event*>(at);
            at += sizeof(inotify_event) + event->len;
            const auto place = watched_.find(event->wd);
            const std::string name = event->len > 0 ? event->name : "";
            concerned |=
                (event->mask & IN_Q_OVERFLOW) != 0 || (place != watched_.end() && place->second.concerns(name));
        }
    return concerned;
}

/// The digest of how things are, with every folder in it watched before it was looked at.
std::string FolderWatch::look()
{
    FolderLook found;
    for (int looks = 0; looks < 10; ++looks)
    {
        found = lookAtFolders(paths_);
        // What appeared in a new folder before that was watched is seen by the next look.
        const bool added = inotify_ >= 0 && watch(found.places);
        if (!added && !found.young)
            break;
        if (!added)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return found.digest;
}

/// Watches these places and no others. True: one of them was not watched before.
bool FolderWatch::watch(const std::map<fs::path, WatchedPlace>& places)
{
    std::map<int, WatchedPlace> watched;
    bool complete = true;
    for (const auto& [path, place] : places)
    {
        const int number = ::inotify_add_watch(inotify_, path.c_str(), interesting);
        complete = complete && (number >= 0 || errno == ENOENT || errno == ENOTDIR) && !isSharedWithOthers(path);
        if (number < 0)
            continue;
        auto& same = watched[number]; // a folder with two names is one place
        same.manifests |= place.manifests;
        same.names.insert(place.names.begin(), place.names.end());
    }
    polling_ = !complete;

    const auto isKnown = [](const auto& in) { return [&in](const auto& each) { return in.contains(each.first); }; };
    const bool allKnown = std::all_of(watched.begin(), watched.end(), isKnown(watched_));
    for (const auto& [number, place] : watched_)
        if (!watched.contains(number))
            ::inotify_rm_watch(inotify_, number); // fails where the folder is gone, and its watch with it
    watched_ = std::move(watched);
    return !allKnown;
}

}
