#include "app/attach_lock.h"

#include "app/lock.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace mcpctl
{

namespace
{

using namespace std::chrono_literals;

constexpr auto stealWithin = 15s; ///< the holder may wait for its server to end

/// A lock of fcntl(2) and not of flock(2), for the kernel tells who holds it.
struct flock wholeFile()
{
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

/// 0: nobody does any more, or it cannot be told from here.
pid_t holderOf(int fd)
{
    auto lock = wholeFile();
    if (::fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
        return 0;
    return lock.l_pid;
}

}

AttachLock::AttachLock(const std::filesystem::path& folder, const std::string& instanceId, const std::string& name,
                       bool steal)
    : fd_(openLockFile(folder, fmt::format("attach-{}", instanceId.substr(0, 32))))
{
    try
    {
        lock(name, steal);
    }
    catch (...)
    {
        ::close(fd_);
        throw;
    }
    std::array<char, 128> text{};
    const auto count = ::pread(fd_, text.data(), text.size(), 0);
    served_.assign(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
}

AttachLock::~AttachLock()
{
    ::close(fd_);
}

void AttachLock::lock(const std::string& name, bool steal)
{
    const auto until = std::chrono::steady_clock::now() + stealWithin;
    pid_t told = 0;
    while (true)
    {
        auto lock = wholeFile();
        if (::fcntl(fd_, F_SETLK, &lock) == 0)
            return;
        if (errno != EAGAIN && errno != EACCES)
            throw std::runtime_error(fmt::format("cannot lock the stdio of {}: {}", name, std::strerror(errno)));
        const auto holder = holderOf(fd_);
        if (!steal || std::chrono::steady_clock::now() > until)
            throw LockHeld(fmt::format("{} talks to another client: process {} is attached to it{}", name, holder,
                                       steal ? ", and does not let go" : "; --steal takes over"));
        if (holder > 0 && holder != told && ::kill(holder, SIGTERM) != 0 && errno != ESRCH)
            throw LockHeld(fmt::format("{} talks to another client: process {} is attached to it, and cannot be told "
                                       "to end: {}",
                                       name, holder, std::strerror(errno)));
        told = holder;
        std::this_thread::sleep_for(20ms);
    }
}

void AttachLock::serves(const std::string& startedAt)
{
    // A failure to note it costs the next client a fresh process only if this server does not end when it should.
    if (::ftruncate(fd_, 0) == 0) [[maybe_unused]]
        const auto written = ::pwrite(fd_, startedAt.data(), startedAt.size(), 0);
    served_ = startedAt;
}

}
