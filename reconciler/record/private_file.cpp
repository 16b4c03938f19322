#include "record/private_file.h"

#include "record/target.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mcpctl
{

void makePrivateFolders(const std::filesystem::path& folder)
{
    std::error_code unknown;
    if (std::filesystem::is_directory(folder, unknown))
        return;
    if (folder.has_relative_path())
        makePrivateFolders(folder.parent_path());
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        throw HistoryError(fmt::format("cannot make the folder {}: {}", folder.string(), std::strerror(errno)));
}

void makePrivateFile(const std::filesystem::path& file)
{
    makePrivateFolders(file.parent_path());
    const int fd = ::open(file.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        throw HistoryError(fmt::format("cannot open {}: {}", file.string(), std::strerror(errno)));
    ::close(fd);
}

}
