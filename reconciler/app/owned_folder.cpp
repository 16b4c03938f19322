#include "app/owned_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace mcpctl
{

namespace
{

namespace fs = std::filesystem;

constexpr std::size_t longestNote = 64 * 1024;

}

OwnedFolder::OwnedFolder(const fs::path& folder) : marker_(folder / ".mcpctl-clone")
{
    fs::create_directories(folder);
    if (!fs::exists(marker_) && !fs::is_empty(folder))
        throw std::runtime_error(fmt::format(
            "{} holds something that mcpctl did not put there; give it a folder of its own", folder.string()));
    file_ = ::open(marker_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file_ < 0)
        throw std::system_error(errno, std::generic_category(), "cannot open " + marker_.string());
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0)
        return;
    ::close(file_);
    throw std::runtime_error(fmt::format("another mcpctl keeps its clone in {}", folder.string()));
}

OwnedFolder::~OwnedFolder()
{
    ::close(file_);
}

std::string OwnedFolder::note() const
{
    std::string text(longestNote, '\0');
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(::pread(file_, text.data(), text.size(), 0), 0)));
    return text;
}

void OwnedFolder::setNote(const std::string& text)
{
    if (::ftruncate(file_, 0) != 0 || ::pwrite(file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        throw std::system_error(errno, std::generic_category(), "cannot write " + marker_.string());
}

}
