#include "load/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mcpctl
{

namespace
{

namespace fs = std::filesystem;

using FileId = std::pair<dev_t, ino_t>;

Diagnostic problem(const std::string& name, std::string rule, std::string message, std::string hint = {})
{
    return {.pos = {name}, .message = std::move(message), .rule = std::move(rule), .hint = std::move(hint)};
}

Diagnostic accessProblem(const std::string& name, int error)
{
    if (error == ENOENT || error == ENOTDIR)
        return problem(name, "file-not-found", "no such file or folder");
    if (error == ELOOP)
        return problem(name, "link-loop", "a symbolic link that leads in a circle");
    return problem(name, "file-unreadable", "cannot read it: " + std::generic_category().message(error));
}

Diagnostic notAFile(const std::string& name)
{
    return problem(name, "file-kind", "neither a file nor a folder", "pipe a manifest in and name it `-`");
}

bool isManifestName(const fs::path& name)
{
    const std::string extension = name.extension().string();
    return extension == ".yaml" || extension == ".yml";
}

class Finder
{
public:
    explicit Finder(std::size_t maxFiles) : maxFiles_(maxFiles) {}

    FoundFiles find(const std::vector<std::string>& paths);

private:
    enum class Kind
    {
        folder,
        file,
        other,
    };

    Kind given(const fs::path& path);
    void folder(const fs::path& path, FileId id);
    void entry(const fs::path& path);
    void file(const fs::path& path, FileId id);
    void report(Diagnostic d) { found_.diagnostics.push_back(std::move(d)); }

    std::size_t maxFiles_;
    FoundFiles found_;
    std::set<FileId> files_, folders_;
    std::vector<FileId> around_; ///< the folders that the walk is in
    std::size_t manifests_ = 0;  ///< seen, also twice
};

std::string nameOf(const fs::path& path)
{
    return path.lexically_normal().string();
}

FoundFiles Finder::find(const std::vector<std::string>& paths)
{
    bool standardInput = false;
    std::size_t folders = 0;
    for (const std::string& path : paths)
    {
        if (path != "-")
            folders += given(path) == Kind::folder ? 1 : 0;
        else if (std::exchange(standardInput, true))
            report(problem("<stdin>", "stdin-twice", "standard input can be read once only"));
        else
            found_.files.push_back({"<stdin>", {}});
    }
    if (paths.empty())
        report({.message = "no path to manifests is given", .rule = "no-manifests"});
    found_.wholeFolders = !paths.empty() && folders == paths.size();
    return std::move(found_);
}

Finder::Kind Finder::given(const fs::path& path)
{
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0)
    {
        report(accessProblem(nameOf(path), errno));
        return Kind::other;
    }
    const FileId id{status.st_dev, status.st_ino};
    if (S_ISREG(status.st_mode))
    {
        file(path, id);
        return Kind::file;
    }
    if (!S_ISDIR(status.st_mode))
    {
        report(notAFile(nameOf(path)));
        return Kind::other;
    }

    const bool isNew = !folders_.contains(id);
    const std::size_t before = manifests_ + found_.diagnostics.size();
    folder(path, id);
    if (isNew && manifests_ + found_.diagnostics.size() == before)
        report(problem(nameOf(path), "no-manifests", "no manifest in this folder or below",
                       "manifests are `*.yaml` and `*.yml`; hidden names are skipped"));
    return Kind::folder;
}

void Finder::folder(const fs::path& path, FileId id)
{
    if (std::find(around_.begin(), around_.end(), id) != around_.end())
        return report(problem(nameOf(path), "link-loop", "a symbolic link to a folder that it is in"));
    if (!folders_.insert(id).second)
        return;
    found_.folders.push_back(path);

    std::vector<fs::path> names;
    std::error_code error;
    for (fs::directory_iterator it(path, error); !error && it != fs::directory_iterator(); it.increment(error))
        names.push_back(it->path().filename());
    if (error)
        return report(accessProblem(nameOf(path), error.value()));

    std::sort(names.begin(), names.end());
    around_.push_back(id);
    for (const fs::path& name : names)
        if (!name.native().starts_with('.'))
            entry(path / name);
    around_.pop_back();
}

void Finder::entry(const fs::path& path)
{
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0)
        report(accessProblem(nameOf(path), errno));
    else if (S_ISDIR(status.st_mode))
        folder(path, {status.st_dev, status.st_ino});
    else if (isManifestName(path) && S_ISREG(status.st_mode))
        file(path, {status.st_dev, status.st_ino});
    else if (isManifestName(path))
        report(notAFile(nameOf(path)));
}

void Finder::file(const fs::path& path, FileId id)
{
    ++manifests_;
    if (!files_.insert(id).second)
        return;
    if (found_.files.size() < maxFiles_)
        found_.files.push_back({nameOf(path), path});
    else if (found_.files.size() == maxFiles_ && files_.size() == maxFiles_ + 1)
        report(problem(nameOf(path), "limit-exceeded", fmt::format("more than {} files", maxFiles_)));
}

class Descriptor
{
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

}

FoundFiles findManifestFiles(const std::vector<std::string>& paths, std::size_t maxFiles)
{
    return Finder(maxFiles).find(paths);
}

std::variant<std::string, Diagnostic> readManifestFile(const ManifestFile& file, std::size_t maxBytes)
{
    // It was a regular file when it was found. O_NONBLOCK is for what it may have become since.
    const Descriptor descriptor(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status = {};
    if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0)
        return accessProblem(file.name, errno);
    if (!S_ISREG(status.st_mode))
        return notAFile(file.name);

    const auto tooLarge = [&]
    { return problem(file.name, "limit-exceeded", fmt::format("larger than {} bytes", maxBytes)); };
    if (static_cast<std::size_t>(status.st_size) > maxBytes)
        return tooLarge();

    std::string text;
    std::vector<char> buffer(64 * 1024);
    while (true)
    {
        const ssize_t count = ::read(descriptor.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return accessProblem(file.name, errno);
        if (count == 0)
            return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > maxBytes)
            return tooLarge();
    }
}

}
