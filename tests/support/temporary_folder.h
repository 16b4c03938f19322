#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <stdlib.h>
#include <unistd.h>

namespace mcpctl::test
{

/// A folder of its own for one test, removed with everything in it. Its path is short enough for unix sockets.
class TemporaryFolder
{
public:
    explicit TemporaryFolder(const std::filesystem::path& above = std::filesystem::temp_directory_path())
    {
        std::string pattern = (above / "mcpctl-XXXXXX").string();
        if (!::mkdtemp(pattern.data()))
            throw std::runtime_error("cannot make a temporary folder like " + pattern);
        path_ = pattern;
    }
    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    /// Writes a file below the folder, with the folders above it, and returns its path.
    std::filesystem::path write(const std::filesystem::path& name, const std::string& text) const
    {
        const auto file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

private:
    std::filesystem::path path_;
};

/// Where files are in memory, if there is such a place: for tests that write and sync very often.
inline std::filesystem::path folderInMemory()
{
    return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
}

}
