#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>

namespace mcpctl::test
{

/// Fails or watches what this process does with files below one folder: its calls of the C library (open, read, write,
/// fsync, rename ... with their kin) are counted, and each asks a hook first. SQLite's calls are among them; those that
/// the C library makes for itself (fopen) are not.
///
/// One at a time; from any thread. In builds with sanitizers, which do the same for themselves, it sees nothing.
class IoFault
{
public:
    enum class Call
    {
        open,
        read,
        write,
        sync,
        truncate,
        rename, ///< and unlink, mkdir
        close,
        lock,
    };

    /// What becomes of a call: an errno that it fails with, without being carried out (but close, which closes all the
    /// same); 0: it takes place; `shortWrite`: half of it.
    using Hook = std::function<int(Call call, std::size_t n)>;
    static constexpr int shortWrite = -1;

    IoFault(const std::filesystem::path& folder, Hook hook);
    ~IoFault();
    IoFault(const IoFault&) = delete;
    IoFault& operator=(const IoFault&) = delete;

    /// How many calls there were.
    std::size_t calls() const;

    static bool works();
};

}
