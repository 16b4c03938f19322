#include "app/watch_loop.h"

#include "app/revision.h"
#include "app/run_recording.h"
#include "model/scrub.h"
#include "model/timestamp.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <utility>

namespace mcpctl
{

namespace
{

using namespace std::chrono_literals;
using Result = PassSummary::Result;

constexpr auto firstRetry = 100ms;
constexpr auto lastRetry = 5000ms;
constexpr auto lockRetry = 1000ms;

/// It waits for readiness, whoever runs it.
bool takesLong(const Step& step)
{
    return has<action::Replace>(step) || has<action::FinishReplace>(step);
}

std::string triggerOf(const std::set<WakeReason>& reasons)
{
    return reasons.empty() ? std::string(toString(WakeReason::resync)) : std::string(toString(*reasons.begin()));
}

std::vector<std::string> errorLines(const Declared& declared)
{
    std::vector<std::string> out;
    for (const auto& each : declared.diagnostics)
        if (each.severity == Diagnostic::Severity::error)
        {
            const auto text = renderDiagnostics({each}, {});
            out.push_back(text.substr(0, text.find('\n')));
        }
    return out;
}

/// Between nine and ten tenths of `interval`, so that many daemons do not look at the same moment.
std::chrono::milliseconds withJitter(std::chrono::milliseconds interval)
{
    static std::mt19937 random(std::random_device{}());
    return interval -
           std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, interval.count() / 10)(random));
}

/// Environment values may be secret, and a status needs none.
std::vector<ObservedInstance> forStatus(std::vector<ObservedInstance> instances, const Scrubber& scrubber)
{
    for (auto& each : instances)
    {
        each.spec.env.clear();
        each.spec.secretFiles.clear();
        each.error = scrubber.scrub(each.error);
    }
    return instances;
}

/// How many steps of these were not done.
std::size_t undone(const Outcomes& outcomes)
{
    return static_cast<std::size_t>(std::count_if(
        outcomes.begin(), outcomes.end(), [](const Outcome& each) { return each.result != Outcome::Result::done; }));
}

}

WatchLoop::WatchLoop(GlobalOptions global, Options options, McpOrchestrator& orchestrator, WakeUp& wakeUp,
                     Recorder& recorder, WatchListener listener, const Log& log)
    : global_(std::move(global)), options_(std::move(options)), orchestrator_(orchestrator), wakeUp_(wakeUp),
      recorder_(recorder), listener_(std::move(listener)), log_(log), backoffs_(options_.backoffs)
{
    auto state = std::make_shared<DaemonState>();
    state->project = global_.project;
    state->folder = fmt::format("{}", fmt::join(options_.reconcile.paths, ", "));
    state->startedMicros = nowMicros();
    state_ = std::move(state);
}

WatchLoop::~WatchLoop() = default;

void WatchLoop::run(const std::stop_token& stop)
{
    wakeUp_.wake(WakeReason::start);
    while (!stop.stop_requested())
    {
        lastSign_ = Clock::now();
        const auto due = nextTime();
        auto reasons = wakeUp_.wait(std::min(due, Clock::now() + 1s), stop);
        if (stop.stop_requested())
            break;
        if (reasons.empty() && Clock::now() < due) // a sign of life, and nothing else
        {
            stopWhenLeadershipIsLost();
            listener_.onQuiet();
            continue;
        }
        if (reasons.empty())
            reasons.insert(retry_ == 0ms && Clock::now() >= nextPass_ ? WakeReason::resync : WakeReason::retry);
        pass(reasons, stop);
    }
    beside_ = {}; // stops it, and waits
}

std::shared_ptr<const DaemonState> WatchLoop::state() const
{
    const std::lock_guard lock(mutex_);
    return state_;
}

void WatchLoop::setSourceError(const std::string& error)
{
    publish([&](DaemonState& state) { state.sourceError = error; });
}

void WatchLoop::setHealth(const std::map<std::string, ServerHealth>& health)
{
    publish([&](DaemonState& state) { state.health = health; });
}

std::string WatchLoop::scrubbed(const std::string& text) const
{
    const std::lock_guard lock(mutex_);
    return scrubber_.scrub(text);
}

void WatchLoop::noteTouched(const std::string& instance)
{
    const std::lock_guard lock(mutex_);
    touched_.insert(instance);
}

WatchLoop::Clock::time_point WatchLoop::nextTime() const
{
    // A wait that ended during the last pass kept its instance out of it.
    return std::min(nextPass_, backoffs_.next(looked_).value_or(nextPass_));
}

void WatchLoop::pass(const std::set<WakeReason>& reasons, const std::stop_token& stop)
{
    PassSummary summary;
    summary.trigger = triggerOf(reasons);
    summary.begunMicros = nowMicros();
    looked_ = Clock::now();
    const bool ofPeople = reasons.contains(WakeReason::manifests) || reasons.contains(WakeReason::asked);
    if (ofPeople)
        backoffs_.clear(); // it may be mended
    if (ofPeople || reasons.contains(WakeReason::resync))
    {
        manifestsStale_ = true;
        registries_.clear();
    }
    const auto longer = std::clamp<std::chrono::milliseconds>(retry_ * 2, firstRetry, lastRetry);
    const auto fail = [&](Result result, const std::exception& error, std::chrono::milliseconds retry)
    {
        summary.result = result;
        summary.error = error.what();
        retry_ = retry;
    };
    try
    {
        reconcile(summary, stop);
        retry_ = 0ms;
    }
    catch (const LockHeld& error)
    {
        fail(Result::locked, error, lockRetry);
    }
    catch (const OrchestratorError& error)
    {
        const bool away = error.kind() == OrchestratorError::Kind::unreachable;
        fail(away ? Result::unreachable : Result::failed, error, longer);
    }
    catch (const std::exception& error)
    {
        fail(Result::failed, error, longer);
    }
    nextPass_ = Clock::now() + (retry_ > 0ms ? retry_ : withJitter(options_.resync));
    summary.endedMicros = nowMicros();
    tell(summary);
}

void WatchLoop::readManifests()
{
    paths_ = options_.where ? options_.where() : options_.reconcile.paths;
    auto declared = declare(global_, paths_, std::cin);
    manifestsStale_ = false;
    enforce(declared);
    const auto errors = errorLines(declared);
    const auto before = state()->manifestErrors;
    if (declared.valid())
    {
        good_ = std::move(declared);
        revision_ = gitRevision(paths_);
        if (!before.empty())
            log_.info("the manifests have no errors any more");
    }
    else
    {
        if (errors != before)
            log_.error(fmt::format("the manifests have errors{}:\n{}",
                                   good_ ? "; the last good ones stay in force" : ", and nothing is changed",
                                   fmt::join(errors, "\n")));
        if (!good_)
            newest_ = std::move(declared);
    }
    publish(
        [&](DaemonState& state)
        {
            state.manifestErrors = errors;
            state.revision = revision_;
            if (errors.empty())
                state.desired = std::make_shared<const DesiredState>(good_->desired);
        });
}

/// Finds what the policies of now stop, in `newest` or in what runs by the last good manifests.
void WatchLoop::enforce(const Declared& newest)
{
    // A policy that cannot be read just now allows nothing that it denied before.
    if (!newest.policyKnown)
        return;
    auto stopped = newest.valid() ? std::set<InstanceName>{}
                   : good_        ? stoppedNow(*good_, newest, global_)
                                  : newest.stopped;
    if (stopped != stopped_)
    {
        std::string names;
        for (const auto& each : stopped)
            names += (names.empty() ? "" : ", ") + each.text;
        log_.warning(names.empty() ? "the security policy stops nothing any more"
                                   : fmt::format("stopped by the security policy: {}", names));
    }
    stopped_ = std::move(stopped);
}

/// The last good manifests, with what a policy stops kept stopped. Where there are none yet: that alone.
std::optional<Declared> WatchLoop::inForce() const
{
    if (!good_ && stopped_.empty())
        return std::nullopt;
    auto declared = good_ ? *good_ : newest_;
    if (!good_)
    {
        std::erase_if(declared.desired.instances, [&](const auto& each) { return !stopped_.contains(each.first); });
        declared.desired.networks.clear();
        declared.wholeFolders = false; // it is not all that is wanted
    }
    for (auto& [name, instance] : declared.desired.instances)
        instance.enabled = instance.enabled && !stopped_.contains(name);
    return declared;
}

std::shared_ptr<Lock> WatchLoop::takeLock()
{
    const auto engineId = orchestrator_.getEngineInfo().id;
    if (options_.mayLead)
        if (const auto why = options_.mayLead(engineId); !why.empty())
            throw LockHeld(why);
    auto lock = lock_.lock(); // it is held for what runs beside
    if (!lock)
        lock = std::make_shared<Lock>(lockFolder(), engineId, global_.project, "watch");
    lock_ = lock;
    return lock;
}

/// What runs beside the passes must not go on when another daemon may have begun.
void WatchLoop::stopWhenLeadershipIsLost()
{
    bool busy = false;
    {
        const std::lock_guard lock(mutex_);
        busy = !busy_.empty();
    }
    if (busy && options_.mayLead && !options_.mayLead(state()->engineId).empty())
        beside_.request_stop();
}

void WatchLoop::reconcile(PassSummary& summary, const std::stop_token& stop)
{
    if (manifestsStale_ || !global_.policies.empty()) // nobody tells when a policy moves
        readManifests();
    const auto declared = inForce();
    if (!declared)
    {
        summary.result = Result::invalid;
        summary.error = "there are no manifests without an error yet";
        return;
    }
    const auto lock = takeLock();
    {
        const std::lock_guard guard(mutex_);
        if (besideEnded_)
            noteOutcomes(*std::exchange(besideEnded_, std::nullopt), looked_);
    }
    backoffs_.forget(looked_);
    auto decision = decide(*declared, global_, options_.reconcile, orchestrator_, registries_);
    const auto guard = decision.guard.value_or("");
    if (decision.guard && guard != state()->guard)
    {
        log_.error(fmt::format("nothing is removed: {}", guard));
        RunRecording(recorder_, "watch:" + summary.trigger, paths_).guarded(decision.plan, guard);
    }
    Scrubber scrubber(decision.desired);
    auto instances = forStatus(decision.observed.instances, scrubber);
    {
        const std::lock_guard held(mutex_);
        scrubber_ = std::move(scrubber);
    }
    publish(
        [&](DaemonState& state)
        {
            state.engineId = decision.plan.engineId;
            state.engineError.clear();
            state.guard = guard;
            state.instances = std::move(instances);
            state.unmanaged.clear();
            for (const auto& each : decision.observed.foreign)
                if (!each.why.empty())
                    state.unmanaged.push_back(each);
            state.plan = decision.plan;
        });

    auto plan = runnable(decision);
    auto slow = plan;
    std::erase_if(plan.steps, takesLong);
    std::erase_if(slow.steps, [](const Step& step) { return !takesLong(step); });
    summary.steps = plan.steps.size() + slow.steps.size();
    const Origin origin{summary.trigger, paths_, revision_};
    const auto outcomes = runNow(plan, decision, origin, stop);
    if (!slow.steps.empty() && !stop.stop_requested())
        runBeside(std::move(slow), std::move(decision), origin, lock);

    const auto bad = undone(outcomes);
    summary.result = bad > 0                            ? Result::failed
                     : !state()->manifestErrors.empty() ? Result::invalid
                     : !guard.empty()                   ? Result::guarded
                                                        : Result::done;
    if (bad > 0)
        summary.error = fmt::format("{} of {} steps failed", bad, outcomes.size());
}

/// Of the plan, what may be done now.
Plan WatchLoop::runnable(const Decision& decision)
{
    std::set<std::string> busy;
    {
        const std::lock_guard lock(mutex_);
        busy = busy_;
    }
    auto plan = decision.plan;
    bool mayPrune = !decision.guard && busy.empty();
    std::erase_if(plan.steps,
                  [&](const Step& step)
                  {
                      const auto instance = instanceOf(step.object);
                      const bool held = backoffs_.holds(instance, looked_);
                      // What should stand in the place of something else, and does not, keeps that from going.
                      if (held && (has<action::Create>(step) || has<action::Blocked>(step) || takesLong(step)))
                          mayPrune = false;
                      return held || busy.contains(instance) || (takesLong(step) && !busy.empty());
                  });
    mayPrune = mayPrune && std::none_of(plan.steps.begin(), plan.steps.end(), takesLong);
    if (!mayPrune)
        std::erase_if(plan.steps, [](const Step& step) { return step.phase == Step::Phase::prune; });
    return plan;
}

Outcomes WatchLoop::runNow(const Plan& plan, const Decision& decision, const Origin& origin,
                           const std::stop_token& stop)
{
    if (plan.steps.empty())
        return {};
    const auto outcomes = runRecorded(plan, decision, origin, false, stop);
    const auto now = Clock::now();
    noteStarts(plan, decision, now);
    noteOutcomes(outcomes, now);
    return outcomes;
}

void WatchLoop::runBeside(Plan plan, Decision decision, Origin origin, std::shared_ptr<Lock> lock)
{
    {
        const std::lock_guard guard(mutex_);
        for (const auto& step : plan.steps)
            busy_.insert(instanceOf(step.object));
    }
    beside_ = std::jthread(
        [this, plan = std::move(plan), decision = std::move(decision), origin = std::move(origin),
         lock = std::move(lock)](const std::stop_token& stop) mutable
        {
            auto outcomes = runRecorded(plan, decision, origin, true, stop);
            lock.reset();
            {
                const std::lock_guard guard(mutex_);
                busy_.clear();
                besideEnded_ = std::move(outcomes);
            }
            wakeUp_.wake(WakeReason::retry);
        });
}

Outcomes WatchLoop::runRecorded(const Plan& plan, const Decision& decision, const Origin& origin, bool wait,
                                const std::stop_token& stop)
{
    ApplyOptions options;
    options.wait = wait;
    options.times = {options_.reconcile.settle, options_.reconcile.readyTimeout};
    options.probe = options_.probe;
    options.revision = origin.revision;
    const auto tellOne = [this](const Progress& progress)
    {
        if (progress.kind != Progress::Kind::ended)
            return;
        const auto& outcome = *progress.outcome;
        const auto text = fmt::format("{} {}: {}{}{}", outcome.verb, outcome.object, toString(outcome.result),
                                      outcome.error.empty() ? "" : ": ", outcome.error);
        if (outcome.result == Outcome::Result::done)
            log_.info(fmt::format("{} ({})", text, progress.step->because));
        else
            log_.warning(text);
    };
    RunRecording recording(recorder_, "watch:" + origin.trigger, origin.paths);
    recording.begin(plan, origin.revision);
    auto outcomes = apply(plan, decision.desired, orchestrator_, options, tellOne, stop);
    recording.end(outcomes, stop.stop_requested());
    listener_.onOutcomes(outcomes);
    return outcomes;
}

void WatchLoop::noteOutcomes(const Outcomes& outcomes, Clock::time_point now)
{
    for (const auto& each : outcomes)
        if (each.result == Outcome::Result::failed || each.result == Outcome::Result::rolledBack)
        {
            const auto wait = backoffs_.failed(instanceOf(each.object), each.error, now);
            log_.info(fmt::format("{} is tried again in {} s", each.object, wait.count() / 1000.0));
        }
}

/// An instance that ended by itself and is started again may be one that crashes again and again.
void WatchLoop::noteStarts(const Plan& plan, const Decision& decision, Clock::time_point now)
{
    for (const auto& step : plan.steps)
    {
        const auto live = std::find_if(decision.observed.instances.begin(), decision.observed.instances.end(),
                                       [&](const auto& each) { return each.name == step.object; });
        if (!has<action::Start>(step) || live == decision.observed.instances.end() || live->startedAt.empty() ||
            live->state == RunState::paused)
            continue;
        {
            const std::lock_guard lock(mutex_);
            if (touched_.erase(step.object) > 0)
                continue;
        }
        const auto why =
            fmt::format("it ended with exit code {}{}", live->exitCode, live->oomKilled ? ", out of memory" : "");
        if (live->exitCode == 0 && live->spec.keepsStdin) // its client went
            backoffs_.ended(step.object, why, now);
        else
            backoffs_.failed(step.object, why, now);
    }
}

void WatchLoop::tell(const PassSummary& summary)
{
    if (summary.error != told_)
    {
        if (!summary.error.empty())
            log_.warning(summary.error);
        else
            log_.info("all is well again");
        told_ = summary.error;
    }
    publish(
        [&](DaemonState& state)
        {
            state.lastPass = summary;
            state.backoffs = backoffs_.shown(Clock::now());
            if (summary.result == Result::unreachable)
                state.engineError = summary.error;
            if (summary.result == Result::done)
                state.lastSuccessMicros = summary.endedMicros;
        });
    listener_.onPass(summary);
}

void WatchLoop::publish(const std::function<void(DaemonState&)>& change)
{
    const std::lock_guard publishing(publishing_);
    const auto before = state();
    auto next = std::make_shared<DaemonState>(*before);
    change(*next);
    const std::lock_guard lock(mutex_);
    state_ = std::move(next);
}

}
