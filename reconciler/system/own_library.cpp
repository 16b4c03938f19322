#include "system/own_library.h"

#include <fmt/format.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace mcpctl
{

namespace
{

[[noreturn]] void fail(const std::string& why)
{
    throw std::runtime_error(why + "; it is installed with mcpctl, in lib/mcpctl beside it");
}

std::string lastError()
{
    const char* error = ::dlerror();
    return error == nullptr ? "unknown error" : error;
}

class File
{
public:
    explicit File(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~File()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool isOpen() const { return fd_ >= 0; }
    /// The file that is open, whatever has its name by now.
    std::string itself() const { return fmt::format("/proc/self/fd/{}", fd_); }
    /// Whoever can write it can write the program, too.
    bool isAsSafeAsTheProgram() const
    {
        struct stat program
        {
        };
        struct stat file
        {
        };
        if (::stat("/proc/self/exe", &program) != 0 || ::fstat(fd_, &file) != 0)
            return false;
        const auto writers = file.st_mode & (S_IWGRP | S_IWOTH);
        return S_ISREG(file.st_mode) && (file.st_uid == 0 || file.st_uid == program.st_uid) &&
               (writers & ~program.st_mode) == 0 && ((writers & S_IWGRP) == 0 || file.st_gid == program.st_gid);
    }

private:
    int fd_;
};

void* functionOf(void* library, const std::string& name)
{
    void* found = ::dlsym(library, name.c_str());
    if (found == nullptr)
        fail(lastError());
    return found;
}

void* load(const std::string& name)
{
    const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    for (const auto& each : {folder, folder.parent_path()})
    {
        const auto path = each / "lib" / "mcpctl" / name;
        const File file(path);
        if (!file.isOpen() && errno == ENOENT)
            continue;
        if (!file.isOpen())
            fail(fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
        if (!file.isAsSafeAsTheProgram())
            fail(fmt::format("{} is not loaded: it could be written by somebody who cannot write mcpctl itself",
                             path.string()));
        void* library = ::dlopen(file.itself().c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr)
            fail(fmt::format("cannot load {}: {}", path.string(), lastError()));
        const std::string of = reinterpret_cast<const char* (*)()>(functionOf(library, "mcpctlLibraryVersion"))();
        if (of != MCPCTL_VERSION)
            fail(fmt::format("{} is part of mcpctl {}, and this is " MCPCTL_VERSION, path.string(), of));
        return library;
    }
    fail(fmt::format("there is no {}", name));
}

}

void* findInOwnLibrary(const std::string& library, const std::string& name)
{
    return functionOf(load(library), name);
}

}
