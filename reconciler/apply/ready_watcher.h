#pragma once

#include "orchestrator/orchestrator.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace mcpctl
{

/// Asks one server until it is ready, or until stopped: then `why` says what stood in the way. May give up.
/// Failures of the world are for it to bear; what it throws all the same counts as "not ready".
using AskReady = std::function<Readiness(const std::stop_token& stop)>;

/// Tells when an instance is ready: it says so itself, where it can be asked, and it has run for the settle
/// time without an end, for some answer and then crash. Its life is followed by the engine's events; nothing
/// is polled here.
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
    /// Ready: `ask`, where there is one, says so, and it ran for the settle time, after each end for two settle
    /// times more. Not ready: it ended three times, ended for good, was removed, `ask` gave up, or the time is over;
    /// `why` says which, with the last lines of its log.
    Readiness wait(const std::string& id, const RestartPolicy& restart, const std::stop_token& stop,
                   const AskReady& ask = {}) const;

private:
    using Clock = std::chrono::steady_clock;

    struct Life
    {
        bool running = true;
        bool removed = false;
        int deaths = 0;
        int exitCode = 0;
        bool oom = false;
        Clock::time_point since; ///< of the last start or end that was seen

        bool operator==(const Life&) const = default;
    };

    void follow(const ProjectName& project, const std::stop_token& stop);
    void note(const Event& event);
    Life lifeOf(const std::string& id, Clock::time_point startedAt) const; ///< mutex_ is held
    Readiness notReady(const std::string& id, const std::string& why, const Life& life) const;

    std::string tooLate(const std::string& words) const;

    class Asking; ///< an AskReady at work

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
