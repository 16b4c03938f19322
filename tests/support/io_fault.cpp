#undef _FILE_OFFSET_BITS // the C library has both: `open` and `open64`

#include "support/io_fault.h"

#include "support/slow_build.h"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <string_view>

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

namespace mcpctl::test
{

namespace
{

std::string watched; // constant while armed
IoFault::Hook hook;  // likewise
std::atomic<bool> armed = false;
std::atomic<std::size_t> count = 0;

}

IoFault::IoFault(const std::filesystem::path& folder, Hook asked)
{
    watched = folder.string();
    hook = std::move(asked);
    count = 0;
    armed = true;
}

IoFault::~IoFault()
{
    armed = false;
    hook = {};
}

std::size_t IoFault::calls() const
{
    return count;
}

#ifdef MCPCTL_TEST_SANITIZED

bool IoFault::works()
{
    return false;
}
}

#else

bool IoFault::works()
{
    return true;
}

namespace
{

using Call = IoFault::Call;

thread_local bool asking = false; // the hook may do what it likes

bool isBelow(std::string_view path)
{
    return path.starts_with(watched);
}

bool isBelow(int descriptor)
{
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    char path[PATH_MAX];
    const auto size = ::readlink(link.c_str(), path, sizeof path);
    return size > 0 && isBelow(std::string_view(path, static_cast<std::size_t>(size)));
}

/// 0: go on.
template <typename What>
int ask(Call call, const What& what)
{
    if (!armed || asking)
        return 0;
    const int before = errno;
    asking = true;
    const int fault = isBelow(what) ? hook(call, count++) : 0;
    asking = false;
    errno = fault > 0 ? fault : before;
    return fault;
}

template <typename Function>
Function* real(const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}
}

// Instead of the C library's, for this program and every library in it. NOLINTBEGIN(readability-identifier-naming)

using namespace mcpctl::test;

#define MCPCTL_FAULTY_OPEN(name)                                                                                       \
    int name(const char* path, int flags, ...)                                                                         \
    {                                                                                                                  \
        va_list list;                                                                                                  \
        va_start(list, flags);                                                                                         \
        const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;                                         \
        va_end(list);                                                                                                  \
        static auto* const next = real<int(const char*, int, ...)>(#name);                                             \
        return ask(Call::open, std::string_view(path)) > 0 ? -1 : next(path, flags, mode);                             \
    }
#define MCPCTL_FAULTY_LOCK(name)                                                                                       \
    int name(int fd, int command, ...)                                                                                 \
    {                                                                                                                  \
        va_list list;                                                                                                  \
        va_start(list, command);                                                                                       \
        void* const argument = va_arg(list, void*);                                                                    \
        va_end(list);                                                                                                  \
        static auto* const next = real<int(int, int, ...)>(#name);                                                     \
        const bool locks = command == F_SETLK || command == F_SETLKW;                                                  \
        return locks && ask(Call::lock, fd) > 0 ? -1 : next(fd, command, argument);                                    \
    }
#define MCPCTL_FAULTY(call, name, kind, parameters, what, ...)                                                         \
    kind name parameters                                                                                               \
    {                                                                                                                  \
        static auto* const next = real<kind parameters>(#name);                                                        \
        return ask(Call::call, what) > 0 ? -1 : next(__VA_ARGS__);                                                     \
    }
#define MCPCTL_FAULTY_WRITE(name, parameters, ...)                                                                     \
    ssize_t name parameters                                                                                            \
    {                                                                                                                  \
        static auto* const next = real<ssize_t parameters>(#name);                                                     \
        const int fault = ask(Call::write, fd);                                                                        \
        if (fault == IoFault::shortWrite)                                                                              \
            size /= 2;                                                                                                 \
        return fault > 0 ? -1 : next(__VA_ARGS__);                                                                     \
    }

extern "C"
{
    MCPCTL_FAULTY_OPEN(open)
    MCPCTL_FAULTY_OPEN(open64)
    MCPCTL_FAULTY_LOCK(fcntl)
    MCPCTL_FAULTY_LOCK(fcntl64)
    MCPCTL_FAULTY(read, read, ssize_t, (int fd, void* data, size_t size), fd, fd, data, size)
    MCPCTL_FAULTY(read, pread, ssize_t, (int fd, void* data, size_t size, off_t at), fd, fd, data, size, at)
    MCPCTL_FAULTY(read, pread64, ssize_t, (int fd, void* data, size_t size, off64_t at), fd, fd, data, size, at)
    MCPCTL_FAULTY_WRITE(write, (int fd, const void* data, size_t size), fd, data, size)
    MCPCTL_FAULTY_WRITE(pwrite, (int fd, const void* data, size_t size, off_t at), fd, data, size, at)
    MCPCTL_FAULTY_WRITE(pwrite64, (int fd, const void* data, size_t size, off64_t at), fd, data, size, at)
    MCPCTL_FAULTY(sync, fsync, int, (int fd), fd, fd)
    MCPCTL_FAULTY(sync, fdatasync, int, (int fd), fd, fd)
    MCPCTL_FAULTY(truncate, ftruncate, int, (int fd, off_t size) noexcept, fd, fd, size)
    MCPCTL_FAULTY(truncate, ftruncate64, int, (int fd, off64_t size) noexcept, fd, fd, size)
    MCPCTL_FAULTY(rename, rename, int, (const char* from, const char* to) noexcept, std::string_view(to), from, to)
    MCPCTL_FAULTY(rename, unlink, int, (const char* path) noexcept, std::string_view(path), path)
    MCPCTL_FAULTY(rename, mkdir, int, (const char* path, mode_t mode) noexcept, std::string_view(path), path, mode)

    FILE* fopen(const char* path, const char* mode)
    {
        static auto* const next = real<FILE*(const char*, const char*)>("fopen");
        return ask(Call::open, std::string_view(path)) > 0 ? nullptr : next(path, mode);
    }

    FILE* fopen64(const char* path, const char* mode)
    {
        return fopen(path, mode);
    }

    dirent* readdir(DIR* folder)
    {
        static auto* const next = real<dirent*(DIR*)>("readdir");
        return ask(Call::read, ::dirfd(folder)) > 0 ? nullptr : next(folder);
    }

    int close(int fd)
    {
        static auto* const next = real<int(int)>("close");
        const int fault = ask(Call::close, fd);
        const int done = next(fd);
        if (fault <= 0)
            return done;
        errno = fault;
        return -1;
    }

    /// A database that waits for a lock waits no time.
    int nanosleep(const timespec* time, timespec* rest)
    {
        static auto* const next = real<int(const timespec*, timespec*)>("nanosleep");
        return armed ? 0 : next(time, rest);
    }

    int usleep(useconds_t time)
    {
        static auto* const next = real<int(useconds_t)>("usleep");
        return armed ? 0 : next(time);
    }
}

// NOLINTEND(readability-identifier-naming)

#endif
