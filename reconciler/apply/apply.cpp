#include "apply/apply.h"

#include "apply/step_runner.h"
#include "model/scrub.h"
#include "orchestrator/bounded_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>

namespace mcpctl
{

namespace
{

class Run
{
public:
    Run(const Plan& plan, const DesiredState& desired, McpOrchestrator& orchestrator, const ApplyOptions& options,
        const ProgressSink& progress, const std::stop_token& stop)
        : plan_(plan), desired_(desired), options_(options), progress_(progress), stop_(stop), scrubber_(desired),
          images_(
              orchestrator,
              [this](const std::string& reference, const PullProgress& pulled) { tellPull(reference, pulled); }, stop),
          context_{desired, orchestrator, options, images_, nullptr, stop}, outcomes_(plan.steps.size()),
          started_(plan.steps.size()), begun_(plan.steps.size())
    {
        for (std::size_t i = 0; i < plan.steps.size(); ++i)
        {
            outcomes_[i].object = plan.steps[i].object;
            outcomes_[i].verb = std::string(verbOf(plan.steps[i]));
            outcomes_[i].result = Outcome::Result::skipped;
        }
    }

    Outcomes run()
    {
        // A network, whichever fails, is a matter of milliseconds: one after the other.
        const auto networks = phase(Step::Phase::networks);
        for (const auto i : networks)
            runStep(i);

        const auto servers = phase(Step::Phase::servers);
        const auto watcher = makeWatcher(servers);
        forEachInParallel(servers.size(), options_.workers, [&](std::size_t i) { runStep(servers[i]); });
        // From here on everything is started. Waiting costs little, and many slow ones must not add up.
        if (options_.wait && watcher)
            forEachInParallel(servers.size(), options_.workers * 4, [&](std::size_t i) { waitFor(servers[i]); });

        // What cannot be removed keeps nothing else: a network that somebody uses would, for as long as they do.
        const auto prune = phase(Step::Phase::prune);
        if (failed_)
            for (const auto i : prune)
                end(i, Outcome::Result::skipped, "kept: something failed before it");
        else
            runPrune(prune);
        return outcomes_;
    }

private:
    using Clock = std::chrono::steady_clock;

    /// Servers side by side, for each has its grace period; then the networks that they hung on.
    void runPrune(const std::vector<std::size_t>& steps)
    {
        std::vector<std::size_t> servers;
        std::vector<std::size_t> networks;
        for (const auto i : steps)
            (has<action::RemoveNetwork>(plan_.steps[i]) ? networks : servers).push_back(i);
        forEachInParallel(servers.size(), options_.workers, [&](std::size_t i) { runStep(servers[i]); });
        for (const auto i : networks)
            runStep(i);
    }

    std::vector<std::size_t> phase(Step::Phase wanted) const
    {
        std::vector<std::size_t> indices;
        for (std::size_t i = 0; i < plan_.steps.size(); ++i)
            if (plan_.steps[i].phase == wanted)
                indices.push_back(i);
        return indices;
    }

    std::unique_ptr<ReadyWatcher> makeWatcher(const std::vector<std::size_t>& steps)
    {
        const bool needed = std::any_of(steps.begin(), steps.end(),
                                        [&](std::size_t i) { return needsWatcher(plan_.steps[i], options_.wait); });
        if (!needed)
            return nullptr;
        auto watcher = std::make_unique<ReadyWatcher>(context_.orchestrator, desired_.project, options_.times);
        context_.watcher = watcher.get();
        return watcher;
    }

    void runStep(std::size_t i)
    {
        begun_[i] = Clock::now();
        if (stop_.stop_requested())
            return end(i, Outcome::Result::skipped, "interrupted");
        if (const auto network = failedNetworkOf(plan_.steps[i]); !network.empty())
            return end(i, Outcome::Result::skipped, fmt::format("network {} could not be made", network));
        tell({Progress::Kind::begun, &plan_.steps[i], "", nullptr});
        try
        {
            const auto ran = runActions(plan_.steps[i], context_);
            started_[i] = ran.started;
            outcomes_[i].note = scrubber_.scrub(ran.note);
            if (started_[i] && options_.wait)
                return tell({Progress::Kind::waiting, &plan_.steps[i], "", nullptr});
            end(i, Outcome::Result::done, "");
        }
        catch (const OrchestratorError& error)
        {
            end(i,
                error.kind() == OrchestratorError::Kind::rolledBack ? Outcome::Result::rolledBack
                                                                    : Outcome::Result::failed,
                error.what());
        }
    }

    void waitFor(std::size_t i)
    {
        if (!started_[i])
            return;
        const auto& want = desired_.instances.at(InstanceName(plan_.steps[i].object));
        const auto readiness = waitUntilReady(*started_[i], want, context_);
        if (readiness.ready)
            outcomes_[i].note = scrubber_.scrub(readiness.why);
        end(i, readiness.ready ? Outcome::Result::done : Outcome::Result::failed,
            readiness.ready ? "" : "started, and not ready: " + readiness.why);
    }

    /// A network that `step`'s instance needs and that could not be made; empty when there is none.
    std::string failedNetworkOf(const Step& step)
    {
        const std::lock_guard lock(mutex_);
        const auto want = desired_.instances.find(InstanceName(step.object));
        if (step.phase != Step::Phase::servers || want == desired_.instances.end())
            return "";
        for (const auto& [network, aliases] : want->second.spec.networks)
            if (failedNetworks_.count(network.text) > 0 && makesSomething(step))
                return network.text;
        return "";
    }

    /// Limits of what runs can change on any network.
    static bool makesSomething(const Step& step)
    {
        return has<action::Create>(step) || has<action::Replace>(step) || has<action::Start>(step) ||
               has<action::Connect>(step);
    }

    void end(std::size_t i, Outcome::Result result, const std::string& error)
    {
        auto& outcome = outcomes_[i];
        const std::lock_guard lock(mutex_);
        outcome.result = result;
        outcome.error = scrubber_.scrub(error);
        if (begun_[i] != Clock::time_point{})
            outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_[i]);
        if (result != Outcome::Result::done)
        {
            failed_ = true;
            if (plan_.steps[i].phase == Step::Phase::networks)
                failedNetworks_.insert(outcome.object);
        }
        if (progress_)
            progress_({Progress::Kind::ended, &plan_.steps[i], "", &outcome});
    }

    void tell(const Progress& progress)
    {
        const std::lock_guard lock(mutex_);
        if (progress_)
            progress_(progress);
    }

    void tellPull(const std::string& reference, const PullProgress& pulled)
    {
        constexpr std::uint64_t mega = 1000 * 1000;
        const std::string far = pulled.bytesTotal == 0 ? pulled.status
                                                       : fmt::format("{} of {} MB", pulled.bytesDone / mega,
                                                                     (pulled.bytesTotal + mega - 1) / mega);
        tell({Progress::Kind::pulling, nullptr, fmt::format("{}: {}", reference, far), nullptr});
    }

    const Plan& plan_;
    const DesiredState& desired_;
    const ApplyOptions& options_;
    const ProgressSink& progress_;
    std::stop_token stop_;
    Scrubber scrubber_;
    ImageStore images_;
    RunContext context_;
    Outcomes outcomes_;                               ///< each entry belongs to the thread that runs its step
    std::vector<std::optional<std::string>> started_; ///< likewise
    std::vector<Clock::time_point> begun_;            ///< likewise
    std::atomic<bool> failed_ = false;

    std::mutex mutex_; ///< guards what follows, and calls of progress_
    std::set<std::string> failedNetworks_;
};

}

Outcomes apply(const Plan& plan, const DesiredState& desired, McpOrchestrator& orchestrator,
               const ApplyOptions& options, const ProgressSink& progress, const std::stop_token& stop)
{
    return Run(plan, desired, orchestrator, options, progress, stop).run();
}

}
