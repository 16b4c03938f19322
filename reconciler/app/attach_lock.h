#pragma once

#include <filesystem>
#include <string>

namespace mcpctl
{

/// The right to talk to a stdio server: it has one stdin, so it is one client at a time. Dies with its process; on one
/// host only, for two hosts that share a remote engine do not see each other.
///
/// The file of the lock remembers which process of the server was talked to last: one that has served a client is not
/// fresh, even if it did not end when it should have.
class AttachLock
{
public:
    /// Throws LockHeld, which says who holds it; with `steal` the holder is told to end (SIGTERM) first.
    /// `instanceId`: the engine's id of the instance.
    AttachLock(const std::filesystem::path& folder, const std::string& instanceId, const std::string& name, bool steal);
    ~AttachLock();
    AttachLock(const AttachLock&) = delete;
    AttachLock& operator=(const AttachLock&) = delete;

    /// When the process that was talked to last had been started; empty where nobody did.
    const std::string& servedBefore() const { return served_; }

    /// From now on a client talks to the process that was started then.
    void serves(const std::string& startedAt);

private:
    void lock(const std::string& name, bool steal);

    int fd_ = -1;
    std::string served_;
};

}
