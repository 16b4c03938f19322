#pragma once

#include "record/database.h"

#include <memory>
#include <mutex>
#include <string>

namespace mcpctl
{

/// The right to change one project on one engine, held by one daemon at a time over all hosts that share a PostgreSQL:
/// an advisory lock of a session of its own. A daemon that dies, or loses its connection, has lost it.
/// Thread-safety: any thread may claim.
class Leadership
{
public:
    /// Throws HistoryError for a target that is no PostgreSQL. Does not connect yet.
    Leadership(HistoryTarget target, std::string project);

    /// Takes it, or makes sure that it is still held. Empty: it is; else why not, in a sentence.
    std::string claim(const std::string& engineId);

private:
    std::string take(const std::string& engineId);

    const HistoryTarget target_;
    const std::string project_;
    std::mutex mutex_;
    std::unique_ptr<Database> session_; ///< while it is held; guarded by mutex_
    std::string engineId_;              ///< of what is held; likewise
};

}
