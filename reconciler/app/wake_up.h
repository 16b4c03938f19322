#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <string_view>

namespace mcpctl
{

/// Why somebody should look again. Never what to do: that is found by looking.
enum class WakeReason
{
    start,
    manifests, ///< their files moved
    engine,    ///< something happened on the engine
    asked,     ///< by a person: SIGHUP, the HTTP side
    resync,    ///< it is time to be sure
    retry,     ///< something could not be done a moment ago
};

std::string_view toString(WakeReason reason);

/// Wakes one that waits. However often it is called meanwhile, it wakes once.
/// Thread-safety: wake() from any thread; wait() from one.
class WakeUp
{
public:
    using Clock = std::chrono::steady_clock;

    void wake(WakeReason reason);

    /// Until something wakes it, at most until `until`. The reasons since the last call; none: the time is over, or
    /// `stop`.
    std::set<WakeReason> wait(Clock::time_point until, const std::stop_token& stop);

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::set<WakeReason> reasons_; ///< guarded by mutex_
};

}
