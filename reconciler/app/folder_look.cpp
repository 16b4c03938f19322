#include "app/folder_look.h"

#include "load/files.h"
#include "load/load.h"
#include "model/hash.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <deque>

#include <sys/stat.h>

namespace mcpctl
{

namespace
{

namespace fs = std::filesystem;

constexpr int mostLinks = 40; // as the kernel follows

/// Some ticks of the clock that stamps files.
constexpr std::int64_t youngNanos = 20'000'000;

std::int64_t nanos(const timespec& time)
{
    return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

std::int64_t now()
{
    return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool isLink(const fs::path& path)
{
    std::error_code gone;
    return fs::is_symlink(path, gone);
}

/// Adds every folder that decides where `path` leads.
void addWayTo(const fs::path& path, std::map<fs::path, WatchedPlace>& places)
{
    std::deque<fs::path> rest(path.begin(), path.end());
    fs::path at = "/"; // never through a link
    for (int links = 0; !rest.empty();)
    {
        const fs::path name = rest.front();
        rest.pop_front();
        if (name.empty() || name == ".")
            continue;
        if (name == ".." || name == "/")
        {
            at = name == "/" ? name : at.parent_path();
            continue;
        }
        places[at].names.insert(name.string());
        std::error_code notALink;
        const fs::path target = fs::read_symlink(at / name, notALink);
        if (notALink)
            at /= name;
        else if (++links > mostLinks)
            return;
        else
            rest.insert(rest.begin(), target.begin(), target.end());
    }
}

std::string fingerprint(const fs::path& file, bool& young)
{
    struct stat s = {};
    if (::stat(file.c_str(), &s) != 0)
        return fmt::format("{}\ngone\n", file.string());
    const auto changed = nanos(s.st_ctim);
    const auto age = now() - changed;
    young = young || (age < youngNanos && age > -youngNanos);
    return fmt::format("{}\n{} {} {} {} {}\n", file.string(), s.st_dev, s.st_ino, s.st_size, nanos(s.st_mtim), changed);
}

}

bool WatchedPlace::concerns(const std::string& name) const
{
    return name.empty() || names.contains(name) || (manifests && !name.starts_with('.'));
}

FolderLook lookAtFolders(const std::vector<std::string>& paths)
{
    const FoundFiles found = findManifestFiles(paths, LoadLimits{}.maxFiles);
    FolderLook look;
    std::string text;
    for (const auto& path : paths)
        addWayTo(path, look.places);
    for (const auto& folder : found.folders)
    {
        look.places[folder].manifests = true;
        if (isLink(folder))
            addWayTo(folder, look.places);
    }
    for (const auto& file : found.files)
    {
        text += fingerprint(file.path, look.young);
        if (isLink(file.path))
            addWayTo(file.path, look.places);
    }
    for (const auto& problem : found.diagnostics)
    {
        text += problem.pos.file.text() + '\n' + problem.message + '\n';
        addWayTo(problem.pos.file.text(), look.places); // a link that leads nowhere yet, say
    }
    if (look.young)
        text += fmt::format("looked at {}\n", now());
    look.digest = sha256Hex(text);
    return look;
}

}
