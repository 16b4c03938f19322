#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace mcpctl
{

/// Another run holds the lock. The text says who, where and since when.
class LockHeld : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// One changing run per engine and project. An flock: it dies with its process, so no run ever has to
/// be unlocked by hand. Two runs on different hosts that share one remote engine do not see each other.
class Lock
{
public:
    /// `folder` is made where it is missing. Throws LockHeld, or std::runtime_error when the folder or
    /// the file cannot be used.
    Lock(const std::filesystem::path& folder, const std::string& engineId, const std::string& project,
         const std::string& command);
    ~Lock();
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    int fd_ = -1;
};

/// Opens `folder`/`name`.lock for reading and writing, both made where missing. Throws std::runtime_error.
int openLockFile(const std::filesystem::path& folder, const std::string& name);

/// `MCPCTL_LOCK_DIR`, `/run/lock/mcpctl`, or, where that cannot be written, the user's runtime folder.
std::filesystem::path lockFolder();

}
