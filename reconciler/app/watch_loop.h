#pragma once

#include "app/backoffs.h"
#include "app/daemon_state.h"
#include "app/lock.h"
#include "app/log.h"
#include "app/pipeline.h"
#include "app/wake_up.h"
#include "apply/apply.h"
#include "model/scrub.h"
#include "orchestrator/orchestrator.h"
#include "record/recorder.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

namespace mcpctl
{

/// What the loop tells those who count. Called from the loop's threads.
struct WatchListener
{
    std::function<void(const PassSummary&)> onPass = [](const PassSummary&) {};
    std::function<void(const Outcomes&)> onOutcomes = [](const Outcomes&) {};
    std::function<void()> onQuiet = [] {}; ///< there was nothing to do for a second
};

/// Passes, one at a time, for ever: load -> validate -> observe -> diff -> apply -> record.
///
/// Level-triggered: what wakes it carries no payload, and each pass looks at everything. It sleeps until something
/// wakes it, an instance that failed may be tried again, or it is time to be sure; asleep, it asks nobody anything.
///
/// A pass waits for nobody: what it starts is not held until it is ready, and replaces, which must be, run beside the
/// passes, one set at a time, with their instances left out of the passes meanwhile.
class WatchLoop
{
public:
    struct Options
    {
        ReconcileOptions reconcile;
        std::chrono::milliseconds resync{300'000}; ///< at most so long between two passes, 10 % less at random
        Backoffs::Times backoffs;
        /// Where the manifests are now, for those that move; null: where `reconcile` says.
        std::function<std::vector<std::string>()> where{};
        ReadinessProbe probe; ///< for replaces
        /// Why this daemon may not change what is on that engine; empty: it may. Null: it always may.
        std::function<std::string(const std::string& engineId)> mayLead{};
    };

    WatchLoop(GlobalOptions global, Options options, McpOrchestrator& orchestrator, WakeUp& wakeUp, Recorder& recorder,
              WatchListener listener, const Log& log);
    ~WatchLoop();
    WatchLoop(const WatchLoop&) = delete;
    WatchLoop& operator=(const WatchLoop&) = delete;

    /// Until stopped; what is in hand then is finished, or left so that the next run understands it.
    void run(const std::stop_token& stop);

    /// As things stood after the last pass. Any thread.
    std::shared_ptr<const DaemonState> state() const;
    /// When the loop last showed that it is alive: at each pass, and at least each second between two. Any thread.
    std::chrono::steady_clock::time_point lastSign() const { return lastSign_; }
    /// Somebody ends `instance` just now: its end is no crash. Any thread.
    void noteTouched(const std::string& instance);
    /// Why the newest manifests cannot be had; empty: they can. Any thread.
    void setSourceError(const std::string& error);
    /// What servers said of themselves, by instance name. Any thread.
    void setHealth(const std::map<std::string, ServerHealth>& health);
    /// `text` without the secrets of the last pass. Any thread.
    std::string scrubbed(const std::string& text) const;

private:
    using Clock = std::chrono::steady_clock;

    /// What a run is recorded with. A copy, for a run beside the loop outlives the manifests that it came from.
    struct Origin
    {
        std::string trigger;
        std::vector<std::string> paths;
        std::string revision;
    };

    void pass(const std::set<WakeReason>& reasons, const std::stop_token& stop);
    void reconcile(PassSummary& summary, const std::stop_token& stop);
    void readManifests();
    void enforce(const Declared& newest);
    std::optional<Declared> inForce() const;
    std::shared_ptr<Lock> takeLock();
    void stopWhenLeadershipIsLost();
    Plan runnable(const Decision& decision);
    Outcomes runNow(const Plan& plan, const Decision& decision, const Origin& origin, const std::stop_token& stop);
    void runBeside(Plan plan, Decision decision, Origin origin, std::shared_ptr<Lock> lock);
    Outcomes runRecorded(const Plan& plan, const Decision& decision, const Origin& origin, bool wait,
                         const std::stop_token& stop);
    void noteOutcomes(const Outcomes& outcomes, Clock::time_point now);
    void noteStarts(const Plan& plan, const Decision& decision, Clock::time_point now);
    void tell(const PassSummary& summary);
    void publish(const std::function<void(DaemonState&)>& change);
    Clock::time_point nextTime() const;

    const GlobalOptions global_;
    const Options options_;
    McpOrchestrator& orchestrator_;
    WakeUp& wakeUp_;
    Recorder& recorder_;
    const WatchListener listener_;
    const Log& log_;

    std::vector<std::string> paths_; ///< of the newest manifests
    std::optional<Declared> good_;   ///< the last manifests without an error
    Declared newest_;                ///< the last manifests, as they are; only while there are no good ones
    std::set<InstanceName> stopped_; ///< what a policy keeps from running
    std::string revision_;
    bool manifestsStale_ = true;
    RegistryAnswers registries_; ///< since somebody asked for a pass, or the last resync: events come too often
    Backoffs backoffs_;
    Clock::time_point looked_;           ///< when the last pass judged who waits
    std::chrono::milliseconds retry_{0}; ///< how long after a pass that could not see or was not let; 0: it was done
    Clock::time_point nextPass_;         ///< whatever happens: the retry, or the resync
    std::weak_ptr<Lock> lock_;
    std::string told_; ///< the last thing that the log said of a pass that failed
    std::atomic<Clock::time_point> lastSign_{Clock::now()};

    std::mutex publishing_; ///< held while a new state is made; taken before mutex_, for which whoever reads one waits
    mutable std::mutex mutex_;
    std::shared_ptr<const DaemonState> state_; ///< guarded by mutex_
    Scrubber scrubber_;                        ///< likewise
    std::set<std::string> busy_;               ///< instances in the hands of `beside_`; guarded by mutex_
    std::set<std::string> touched_;            ///< instances whose next end is no crash; likewise
    std::optional<Outcomes> besideEnded_;      ///< what became of them, until a pass has seen it; likewise

    std::jthread beside_; ///< last: it uses all of the above
};

}
