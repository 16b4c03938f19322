#pragma once

#include "orchestrator/instance_watch.h"
#include "orchestrator/log_cursor.h"
#include "orchestrator/orchestrator.h"

#include <functional>
#include <map>
#include <stop_token>
#include <string>

namespace mcpctl
{

/// Where to go on in the log of an instance; no id: at the beginning of whatever has the name.
struct LogPosition
{
    std::string id;
    LogCursor cursor;
};

/// Who gets a followed log. All are called on the thread that follows.
struct LogReceiver
{
    LogSink piece;                ///< with times; false: it has enough
    std::function<void()> paused; ///< the process has ended, and this was all of it: an unfinished line stays so
    std::function<void(const std::string& text)> say; ///< what goes on, for people: trouble, another instance
};

/// Follows the log of the instance that has a name: over restarts of its process, over a replacement by another
/// instance (which is followed from its own beginning), over an engine that goes away and comes back. No byte is lost
/// that the engine still has, and none comes twice.
///
/// `options`: `sinceNanos` and `only` count. One thread at a time.
class LogFollower
{
public:
    LogFollower(const OrchestratorView& view, InstanceWatch& watch, std::string name, const LogOptions& options,
                LogReceiver receiver);

    /// Returns when stopped or when the receiver has enough; trouble is told and tried again for as long as it lasts.
    void run(const LogPosition& from, const std::stop_token& stop);

private:
    /// One look and what follows from it. Returns false when there is nothing more until something changes.
    bool look(const std::stop_token& stop);
    /// Returns whether anything new came.
    bool read(const std::string& id, bool follow, const std::stop_token& stop);
    void leave(const std::string& next, const std::stop_token& stop);
    void tell(const OrchestratorError& error);

    const OrchestratorView& view_;
    InstanceWatch& watch_;
    const std::string name_;
    const LogOptions options_;
    const LogReceiver receiver_;
    std::string current_;                      ///< id of the instance that is followed; empty: none
    std::map<std::string, LogCursor> cursors_; ///< by id: a replace that fails brings the old one back
    bool enough_ = false;
    bool troubled_ = false;
};

}
