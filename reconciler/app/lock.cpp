#include "app/lock.h"

#include "model/hash.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace mcpctl
{

namespace
{

std::string readAll(int fd)
{
    std::array<char, 512> buffer{};
    const auto count = ::pread(fd, buffer.data(), buffer.size(), 0);
    return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : "";
}

void describeHolder(int fd, const std::string& command)
{
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    const auto text = fmt::format("process {} on {}, since {:%Y-%m-%d %H:%M:%S} UTC: mcpctl {}", ::getpid(),
                                  host.data(), fmt::gmtime(std::time(nullptr)), command);
    // Only for people who wait: a failure to write it loses nothing.
    if (::ftruncate(fd, 0) == 0) [[maybe_unused]]
        const auto written = ::pwrite(fd, text.data(), text.size(), 0);
}

}

Lock::Lock(const std::filesystem::path& folder, const std::string& engineId, const std::string& project,
           const std::string& command)
{
    fd_ = openLockFile(folder, fmt::format("{}-{}", project, sha256Hex(engineId).substr(0, 16)));
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0)
    {
        describeHolder(fd_, command);
        return;
    }
    const int error = errno;
    const auto holder = readAll(fd_);
    ::close(fd_);
    if (error != EWOULDBLOCK)
        throw std::runtime_error(
            fmt::format("cannot lock project {} in {}: {}", project, folder.string(), std::strerror(error)));
    throw LockHeld(fmt::format("another run changes project {}: {}", project, holder.empty() ? "(unknown)" : holder));
}

Lock::~Lock()
{
    ::close(fd_);
}

/// One that exists is opened without O_CREAT: the kernel refuses that for another user's file in a
/// folder that all may write to (fs.protected_regular).
int openLockFile(const std::filesystem::path& folder, const std::string& name)
{
    std::error_code ignored;
    if (std::filesystem::create_directories(folder, ignored))
        std::filesystem::permissions(folder, static_cast<std::filesystem::perms>(01777), ignored);
    const auto file = folder / (name + ".lock");
    int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
    {
        fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd >= 0)
            ::fchmod(fd, 0666); // whoever may use the engine may take its lock
    }
    if (fd < 0)
        throw std::runtime_error(fmt::format("cannot open the lock {}: {}", file.string(), std::strerror(errno)));
    return fd;
}

std::filesystem::path lockFolder()
{
    if (const char* folder = std::getenv("MCPCTL_LOCK_DIR"); folder != nullptr && *folder != '\0')
        return folder;
    if (::access("/run/lock", W_OK) == 0)
        return "/run/lock/mcpctl";
    if (const char* runtime = std::getenv("XDG_RUNTIME_DIR"); runtime != nullptr && *runtime != '\0')
        return std::filesystem::path(runtime) / "mcpctl";
    return std::filesystem::temp_directory_path() / fmt::format("mcpctl-{}", ::getuid());
}

}
