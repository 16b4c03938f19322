#include "app/manifest_tree.h"

#include "model/hash.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace mcpctl
{

namespace
{

namespace fs = std::filesystem;

class Walk
{
public:
    explicit Walk(const std::function<void(const TreeEntry&)>& onEntry) : onEntry_(onEntry) {}

    void visit(const fs::path& path, bool named)
    {
        struct stat status = {};
        if (::stat(path.c_str(), &status) != 0)
        {
            text_ += fmt::format("{}\n{}\n", path.string(), errno);
            return;
        }
        const bool folder = S_ISDIR(status.st_mode);
        if (!folder && !named && !isManifestName(path))
            return;
        std::error_code ignored;
        onEntry_({path, folder, fs::is_symlink(path, ignored)});
        if (folder)
            return visitFolder(path, {status.st_dev, status.st_ino});
        text_ += fmt::format("{}\n{} {} {} {} {}.{} {}.{}\n", path.string(), status.st_dev, status.st_ino,
                             status.st_mode, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                             status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
    }

    std::string digest() const { return sha256Hex(text_); }

private:
    using FileId = std::pair<dev_t, ino_t>;

    void visitFolder(const fs::path& path, FileId id)
    {
        text_ += fmt::format("{}\n{} {}\n", path.string(), id.first, id.second);
        if (std::find(around_.begin(), around_.end(), id) != around_.end())
            return; // a link to a folder that it is in
        std::vector<fs::path> names;
        std::error_code error;
        for (fs::directory_iterator it(path, error); !error && it != fs::directory_iterator(); it.increment(error))
            if (const auto name = it->path().filename(); !name.native().starts_with('.'))
                names.push_back(name);
        if (error)
            text_ += fmt::format("{}\n", error.value());
        std::sort(names.begin(), names.end());
        around_.push_back(id);
        for (const auto& name : names)
            visit(path / name, false);
        around_.pop_back();
    }

    const std::function<void(const TreeEntry&)>& onEntry_;
    std::string text_;
    std::vector<FileId> around_; ///< the folders that the walk is in
};

}

std::string fingerprintOf(const std::vector<fs::path>& paths, const std::function<void(const TreeEntry&)>& onEntry)
{
    Walk walk(onEntry);
    for (const auto& path : paths)
        walk.visit(path, true);
    return walk.digest();
}

bool isManifestName(const fs::path& name)
{
    const auto extension = name.extension().string();
    return extension == ".yaml" || extension == ".yml";
}

}
