#include "docker/secret_files.h"

#include "model/hash.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace mcpctl::docker
{

namespace
{

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& why)
{
    throw OrchestratorError(OrchestratorError::Kind::failed, "files of secrets: " + why);
}

[[noreturn]] void refuseFor(const fs::path& path, const char* what)
{
    const std::string why = std::strerror(errno);
    refuse(fmt::format("cannot {} {}: {}", what, path.string(), why));
}

struct Owner
{
    uid_t user = 0;
    gid_t group = static_cast<gid_t>(-1); ///< as it is
};

template <typename Id>
Id number(const std::string& text, const std::string& user)
{
    Id id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size())
        refuse(fmt::format("they belong to the user of the server, which has to be a number, not `{}`", user));
    return id;
}

Owner ownerOf(const std::optional<std::string>& user)
{
    const auto text = user.value_or("");
    const auto colon = text.find(':');
    Owner owner{number<uid_t>(text.substr(0, colon), text)};
    if (colon != std::string::npos)
        owner.group = number<gid_t>(text.substr(colon + 1), text);
    return owner;
}

bool inMemory(const fs::path& path)
{
    struct statfs info = {};
    return ::statfs(path.c_str(), &info) == 0 && (info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC);
}

/// A folder that only we and root can write to, made where it is not there.
void ensureOwnFolder(const fs::path& path)
{
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        refuseFor(path, "make");
    struct stat info = {};
    if (::lstat(path.c_str(), &info) != 0)
        refuseFor(path, "look at");
    const bool ours = S_ISDIR(info.st_mode) && (info.st_uid == 0 || info.st_uid == ::geteuid());
    if (!ours || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        refuse(fmt::format("{} is not a folder that mcpctl and root alone can write to", path.string()));
}

/// Every level of it, from the one above `root` on, which has to be in memory before anything is made.
void ensureRoot(const fs::path& root)
{
    const auto base = root.parent_path();
    std::error_code ignored;
    if (!inMemory(fs::exists(base, ignored) ? base : base.parent_path()))
        refuse(fmt::format("{} is not on a memory file system (tmpfs), so they would reach a disk; mount one there, or "
                           "let MCPCTL_RUN_DIR lead to one, the same for mcpctl and for the engine",
                           base.string()));
    ensureOwnFolder(base);
    ensureOwnFolder(root);
}

std::string randomName()
{
    std::uint64_t value = 0;
    if (::getrandom(&value, sizeof value, 0) != sizeof value)
        refuse(fmt::format("no random number: {}", std::strerror(errno)));
    return fmt::format("{:016x}", value);
}

void writeFile(const fs::path& path, const std::string& text, const Owner& owner)
{
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
    if (fd < 0)
        refuseFor(path, "make");
    std::size_t done = 0;
    while (done < text.size())
    {
        const auto count = ::write(fd, text.data() + done, text.size() - done);
        if (count < 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    const bool written = done == text.size() && ::fchown(fd, owner.user, owner.group) == 0;
    const int error = errno;
    ::close(fd);
    errno = error;
    if (!written)
        refuseFor(path, done == text.size() ? "give the container's user" : "write");
}

void removeFolder(const fs::path& folder)
{
    ::chmod(folder.c_str(), 0700);
    std::error_code ignored; // what stays is as unreadable to others as before, and goes with the next one
    fs::remove_all(folder, ignored);
    fs::remove(folder.parent_path(), ignored); // the last of its instance
}

bool isBelow(const fs::path& path, const fs::path& root)
{
    const auto relative = path.lexically_normal().lexically_relative(root.lexically_normal());
    return !relative.empty() && relative != "." && *relative.begin() != "..";
}

/// Nothing where it cannot be read.
std::optional<std::string> readFile(const fs::path& path)
{
    const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return std::nullopt;
    std::string text;
    char bytes[4096];
    ssize_t count = 0;
    while ((count = ::read(fd, bytes, sizeof bytes)) > 0)
        text.append(bytes, static_cast<std::size_t>(count));
    ::close(fd);
    return count < 0 ? std::nullopt : std::optional(std::move(text));
}

}

fs::path secretsRoot(const Environment& environment)
{
    return fs::path(environment.get("MCPCTL_RUN_DIR").value_or("/run/mcpctl")).lexically_normal() / "secrets";
}

fs::path writeSecretFiles(const fs::path& root, const std::string& engineId, const Launch& launch)
{
    const auto owner = ownerOf(launch.spec.user);
    ensureRoot(root);
    const auto engine = root / sha256Hex(engineId).substr(0, 12);
    const auto instance = engine / launch.name.text;
    ensureOwnFolder(engine);
    ensureOwnFolder(instance);
    const auto folder = instance / randomName();
    ensureOwnFolder(folder);
    try
    {
        for (const auto& [name, value] : launch.spec.secretFiles)
            writeFile(folder / name, value.text, owner);
        if (::chmod(folder.c_str(), 0500) != 0 || ::chown(folder.c_str(), owner.user, owner.group) != 0)
            refuseFor(folder, "give the container's user");
    }
    catch (const OrchestratorError&)
    {
        removeFolder(folder);
        throw;
    }
    return folder;
}

void removeSecretFiles(const fs::path& root, const fs::path& folder)
{
    if (!folder.empty() && isBelow(folder, root))
        removeFolder(folder);
}

void removeOtherSecretFiles(const fs::path& folder, const std::set<fs::path>& kept)
{
    std::error_code ignored;
    std::vector<fs::path> others;
    for (const auto& each : fs::directory_iterator(folder.parent_path(), ignored))
        if (!kept.contains(each.path()))
            others.push_back(each.path());
    for (const auto& each : others)
        removeFolder(each);
}

fs::path takeSecretsFolder(ObservedInstance& instance, const fs::path& root)
{
    auto& mounts = instance.spec.mounts;
    const auto found = mounts.find(std::string(secretFolder));
    if (found == mounts.end() || found->second.type != Mount::Type::hostPath || !found->second.readOnly)
        return {};
    fs::path folder = found->second.source;
    if (!isBelow(folder, root) || folder.parent_path().filename() != instance.marks.instance)
        return {};
    mounts.erase(found);
    return folder;
}

void readSecretFiles(ObservedInstance& instance, const fs::path& root, const fs::path& folder, bool onThisHost)
{
    std::error_code error;
    // Who runs where the host's files are not to be seen, as in a container that they are not mounted into, sees none
    // at all; and after a reboot nothing runs without them.
    const bool elsewhere = !onThisHost || (instance.state == RunState::running && !fs::exists(root, error));
    fs::directory_iterator files(folder, error);
    instance.secretFilesHidden = elsewhere || error == std::errc::permission_denied;
    if (instance.secretFilesHidden || error)
        return;
    for (const auto& each : files)
    {
        const auto text = readFile(each.path());
        instance.secretFilesHidden = instance.secretFilesHidden || !text;
        instance.spec.secretFiles[each.path().filename()] = {text.value_or(""), each.path().filename(), true, ""};
    }
    if (instance.secretFilesHidden)
        instance.spec.secretFiles.clear();
}

}
