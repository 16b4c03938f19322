#pragma once

#include "orchestrator/orchestrator.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace mcpctl
{

/// Tells when an instance is ready: it has run for the settle time without an end. Driven by the
/// engine's events; nothing is polled.
///
/// Thread-safety: wait() may be called from several threads at once.
class ReadyWatcher
{
public:
    struct Times
    {
        std::chrono::milliseconds settle{2000};   ///< how long it must have run
        std::chrono::milliseconds timeout{60000}; ///< when waiting ends all the same
    };

    /// Returns once the engine's events are being seen. Throws OrchestratorError when they cannot be.
    ReadyWatcher(const OrchestratorView& view, const ProjectName& project, Times times);
    ~ReadyWatcher() = default;
    ReadyWatcher(const ReadyWatcher&) = delete;
    ReadyWatcher& operator=(const ReadyWatcher&) = delete;

    /// Waits for an instance that was started just now. `restart`: whether the engine revives it.
    /// Ready: it ran for the settle time, after each end for two settle times more. Not ready: it ended three
    /// times, ended for good, or did not settle in time; `why` says which, with the last lines of its log.
    Readiness wait(const std::string& id, const RestartPolicy& restart, const std::stop_token& stop) const;

private:
    using Clock = std::chrono::steady_clock;

    struct Life
    {
        bool running = true;
        int deaths = 0;
        int exitCode = 0;
        bool oom = false;
        Clock::time_point since; ///< of the last start or end that was seen
    };

    void follow(const ProjectName& project, const std::stop_token& stop);
    void note(const Event& event);
    Life lifeOf(const std::string& id, Clock::time_point startedAt) const; ///< mutex_ is held
    Readiness notReady(const std::string& id, const std::string& why, const Life& life) const;

    const OrchestratorView& view_;
    const Times times_;

    mutable std::mutex mutex_;
    mutable std::condition_variable_any changed_;
    std::map<std::string, Life> lives_; ///< by instance id; guarded by mutex_
    bool subscribed_ = false;           ///< guarded by mutex_
    std::string broken_;                ///< why there are no events; guarded by mutex_

    std::jthread follower_; ///< last: it uses all of the above
};

}
