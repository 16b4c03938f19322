#include "app/folder_watch.h"

#include "app/manifest_tree.h"

#include <linux/magic.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace mcpctl
{

namespace
{

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t folderEvents = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE |
                                       IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t parentEvents = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR;
constexpr std::uint32_t fileEvents = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

/// File systems whose changes may be made elsewhere, and are then told to nobody here.
bool isRemote(const fs::path& path)
{
    struct statfs status = {};
    if (::statfs(path.c_str(), &status) != 0)
        return false;
    constexpr std::array<std::int64_t, 6> remote{NFS_SUPER_MAGIC, 0xFF534D42 /* cifs */, 0xFE534D42 /* smb2 */,
                                                 V9FS_MAGIC,      FUSE_SUPER_MAGIC,      CEPH_SUPER_MAGIC};
    return std::find(remote.begin(), remote.end(), static_cast<std::int64_t>(status.f_type)) != remote.end();
}

/// Where the name of `path` itself may come and go.
fs::path parentOf(const fs::path& path)
{
    const auto whole = fs::absolute(path).lexically_normal();
    return whole.has_filename() ? whole.parent_path() : whole.parent_path().parent_path();
}

std::string nameOf(const fs::path& path)
{
    const auto whole = fs::absolute(path).lexically_normal();
    return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

}

/// All that the thread has in hand.
class FolderWatch::Watching
{
public:
    Watching(std::vector<fs::path> paths, Options options, std::function<void()> changed, int wake)
        : paths_(std::move(paths)), options_(options), changed_(std::move(changed)), wake_(wake)
    {
        const bool remote = std::any_of(paths_.begin(), paths_.end(), isRemote);
        if (!options_.polling && !remote)
            inotify_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        look();
    }

    ~Watching()
    {
        if (inotify_ >= 0)
            ::close(inotify_);
    }
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;

    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested())
        {
            const bool touched = await(works() ? options_.check : options_.poll);
            if (stop.stop_requested())
                return;
            if (touched)
                settle(stop);
            const bool written = std::exchange(written_, false);
            if (const bool differs = look(); (differs || written) && !stop.stop_requested())
                changed_();
        }
    }

private:
    bool works() const { return inotify_ >= 0 && !exhausted_; }

    /// Watches all that there is now. True: it is not what it was before.
    bool look()
    {
        std::set<int> seen;
        exhausted_ = false;
        for (const auto& path : paths_)
            if (const int wd = add(parentOf(path), parentEvents); wd >= 0)
            {
                seen.insert(wd);
                parents_[wd].insert(nameOf(path));
            }
        std::set<int> folders;
        const auto watch = [&](const TreeEntry& entry)
        {
            const bool given = std::find(paths_.begin(), paths_.end(), entry.path) != paths_.end();
            if (!entry.folder && !entry.link && !given) // its folder tells of it
                return;
            const int wd = add(entry.path, entry.folder ? folderEvents : fileEvents);
            if (wd < 0)
                return;
            seen.insert(wd);
            folders.insert(wd);
        };
        const auto before = std::exchange(fingerprint_, fingerprintOf(paths_, watch));
        for (const int wd : watches_)
            if (!seen.contains(wd))
                ::inotify_rm_watch(inotify_, wd);
        watches_ = std::move(seen);
        whole_ = std::move(folders);
        std::erase_if(parents_, [this](const auto& each) { return !watches_.contains(each.first); });
        return before != fingerprint_;
    }

    int add(const fs::path& path, std::uint32_t events)
    {
        if (inotify_ < 0)
            return -1;
        const int wd = ::inotify_add_watch(inotify_, path.c_str(), events | IN_MASK_ADD);
        if (wd < 0 && errno == ENOSPC)
            exhausted_ = true;
        return wd;
    }

    /// True: something may have happened; false: the time is over, or the end is asked for.
    bool await(std::chrono::milliseconds time)
    {
        const auto until = Clock::now() + time;
        while (true)
        {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count() + 1;
            if (left <= 0)
                return false;
            std::array<pollfd, 2> fds{pollfd{wake_, POLLIN, 0}, pollfd{inotify_, POLLIN, 0}};
            const int ready = ::poll(fds.data(), inotify_ >= 0 ? 2 : 1, static_cast<int>(left));
            if (ready < 0 && errno != EINTR)
                throw std::runtime_error("cannot wait for changes of manifests: " + std::string(std::strerror(errno)));
            if (ready > 0 && fds[0].revents != 0)
                return false;
            if (ready > 0 && readEvents())
                return true;
        }
    }

    /// Until it has been quiet for a while.
    void settle(const std::stop_token& stop)
    {
        const auto latest = Clock::now() + options_.longest;
        while (!stop.stop_requested() && Clock::now() < latest)
            if (!await(options_.debounce))
                return;
    }

    /// True: one of them may be about manifests.
    bool readEvents()
    {
        alignas(inotify_event) std::array<char, 16 * 1024> buffer;
        bool any = false;
        while (true)
        {
            const auto size = ::read(inotify_, buffer.data(), buffer.size());
            if (size <= 0)
                return any;
            for (std::size_t at = 0; at < static_cast<std::size_t>(size);)
            {
                const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
                any = note(*event) || any;
                at += sizeof(inotify_event) + event->len;
            }
        }
    }

    bool note(const inotify_event& event)
    {
        const std::string name = event.len > 0 ? event.name : "";
        if ((event.mask & IN_Q_OVERFLOW) != 0)
            return true;
        const bool ofFolder = whole_.contains(event.wd);
        if (!ofFolder) // the folder above: only what it calls by our name
        {
            const auto parent = parents_.find(event.wd);
            return parent != parents_.end() && parent->second.contains(name);
        }
        // Written twice within one tick of the clock, it would look the same.
        if ((event.mask & (IN_CLOSE_WRITE | IN_MODIFY)) != 0 && (name.empty() || isManifest(name)))
            written_ = true;
        return true;
    }

    static bool isManifest(const std::string& name) { return !name.starts_with('.') && isManifestName(name); }

    const std::vector<fs::path> paths_;
    const Options options_;
    const std::function<void()> changed_;
    const int wake_;
    int inotify_ = -1;
    bool exhausted_ = false; ///< the user has no more watches
    bool written_ = false;
    std::string fingerprint_;
    std::set<int> watches_;                        ///< all descriptors
    std::set<int> whole_;                          ///< those of which every event counts
    std::map<int, std::set<std::string>> parents_; ///< those of which only these names count
};

FolderWatch::FolderWatch(std::vector<fs::path> paths, Options options, std::function<void()> changed)
    : wake_(::eventfd(0, EFD_CLOEXEC))
{
    if (wake_ < 0)
        throw std::runtime_error("cannot watch folders: " + std::string(std::strerror(errno)));
    auto watching = std::make_shared<Watching>(std::move(paths), options, std::move(changed), wake_);
    thread_ = std::jthread([watching](const std::stop_token& stop) { watching->run(stop); });
}

FolderWatch::~FolderWatch()
{
    thread_.request_stop();
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    thread_.join();
    ::close(wake_);
}

}
