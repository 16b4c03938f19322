#include "app/lifecycle.h"

#include "app/live_secrets.h"
#include "model/fields.h"
#include "orchestrator/bounded_pool.h"

#include <mutex>

namespace mcpctl
{

namespace
{

using Clock = std::chrono::steady_clock;
using When = RestartPolicy::When;

bool runs(const ObservedInstance& instance)
{
    return instance.state == RunState::running || instance.state == RunState::restarting;
}

class Worker
{
public:
    Worker(LifecycleVerb verb, McpOrchestrator& orchestrator, const ReadyWatcher* watcher, const std::stop_token& stop)
        : verb_(verb), orchestrator_(orchestrator), watcher_(watcher), stop_(stop)
    {
    }

    Outcome run(const ObservedInstance& instance) const
    {
        Outcome outcome;
        outcome.object = instance.name;
        outcome.verb = toString(verb_);
        if (stop_.stop_requested())
        {
            outcome.result = Outcome::Result::skipped;
            outcome.error = "cancelled";
            return outcome;
        }
        const auto begun = Clock::now();
        try
        {
            act(instance);
        }
        catch (const std::exception& error)
        {
            outcome.result = Outcome::Result::failed;
            outcome.error = error.what();
        }
        outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
        return outcome;
    }

private:
    void act(const ObservedInstance& instance) const
    {
        if (verb_ != LifecycleVerb::start)
            orchestrator_.suspendServer(instance.id);
        if (verb_ == LifecycleVerb::stop)
            return;
        const auto policy = policyFor(instance);
        const bool wasRunning = verb_ == LifecycleVerb::start && runs(instance);
        // Before it runs: one that ends at once may end while it is changed.
        orchestrator_.restoreServer(instance.id, InstanceName(instance.name), policy);
        if (wasRunning)
            return;
        orchestrator_.resumeServer(instance.id);
        if (watcher_ != nullptr)
            waitFor(instance, policy);
    }

    void waitFor(const ObservedInstance& instance, const RestartPolicy& policy) const
    {
        if (const auto readiness = watcher_->wait(instance.id, policy, stop_); !readiness.ready)
            throw OrchestratorError(OrchestratorError::Kind::failed,
                                    liveSecrets(orchestrator_, instance).scrub(readiness.why));
    }

    const LifecycleVerb verb_;
    McpOrchestrator& orchestrator_;
    const ReadyWatcher* watcher_;
    const std::stop_token& stop_;
};

}

std::string_view toString(LifecycleVerb verb)
{
    switch (verb)
    {
    case LifecycleVerb::restart:
        return "restart";
    case LifecycleVerb::stop:
        return "stop";
    case LifecycleVerb::start:
        return "start";
    }
    return "";
}

RestartPolicy policyFor(const ObservedInstance& instance)
{
    if (instance.spec.restart.when != When::no)
        return instance.spec.restart;
    // The marks keep a hash, and there are not many policies that it may be of.
    const auto made = instance.marks.fieldHashes.find("restart");
    for (const auto when : {When::always, When::unlessStopped, When::onFailure})
    {
        ServerSpec spec;
        spec.restart.when = when;
        if (made != instance.marks.fieldHashes.end() && fieldHashes(spec).at("restart") == made->second)
            return spec.restart;
    }
    return instance.spec.restart;
}

Outcomes runLifecycle(LifecycleVerb verb, const std::vector<ObservedInstance>& instances, const ProjectName& project,
                      McpOrchestrator& orchestrator, const LifecycleOptions& options,
                      const std::function<void(const Outcome&)>& ended, const std::stop_token& stop)
{
    std::optional<ReadyWatcher> watcher;
    if (options.wait && verb != LifecycleVerb::stop)
        watcher.emplace(orchestrator, project, *options.wait);
    const Worker worker(verb, orchestrator, watcher ? &*watcher : nullptr, stop);

    Outcomes outcomes(instances.size());
    std::mutex mutex;
    forEachInParallel(instances.size(), options.workers,
                      [&](std::size_t i)
                      {
                          outcomes[i] = worker.run(instances[i]);
                          const std::lock_guard lock(mutex);
                          ended(outcomes[i]);
                      });
    return outcomes;
}

}
