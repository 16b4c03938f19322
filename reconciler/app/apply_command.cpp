#include "app/commands.h"
#include "app/engine.h"
#include "app/json.h"
#include "app/lock.h"
#include "app/pipeline.h"
#include "app/probe_cache.h"
#include "app/prober.h"
#include "app/progress.h"
#include "app/report.h"
#include "app/revision.h"
#include "app/run_recording.h"
#include "app/saved_plan.h"
#include "app/terminal.h"
#include "apply/apply.h"

#include <fmt/format.h>

#include <unistd.h>

#include <functional>
#include <future>
#include <iostream>

namespace mcpctl
{

namespace
{

/// Runs a plan, records it and shows how it goes and ends.
ExitCode run(const Decision& decision, const ActingEngine& engine, const GlobalOptions& global,
             const ApplyOptions& options, RunRecording& recording, const std::stop_token& stop)
{
    Outcomes outcomes;
    recording.begin(decision.plan, options.revision);
    {
        ProgressPrinter printer(decision.plan.steps.size(), isTerminal(STDERR_FILENO), wantsColour(STDERR_FILENO));
        outcomes = apply(
            decision.plan, decision.desired, *engine.orchestrator, options,
            [&printer](const Progress& progress) { printer.show(progress); }, stop);
    }
    recording.end(outcomes, stop.stop_requested());
    if (global.output == OutputFormat::json)
    {
        auto out = jsonObject();
        out->set("version", 1);
        out->set("plan", planToJson(decision.plan));
        out->set("outcomes", toJson(outcomes));
        print(jsonText(*out) + "\n");
    }
    else if (!outcomes.empty())
        print(renderOutcomes(outcomes));
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    return exitCodeOf(outcomes);
}

/// So that status can tell what the servers said, without asking them again.
void remember(const Prober& prober, const OrchestratorView& view, const GlobalOptions& global)
{
    const auto found = prober.found();
    if (found.empty())
        return;
    const ProbeCache cache(probeFolder(), view.getEngineInfo().id);
    for (const auto& each : view.listInstances(ProjectName(global.project)).ours)
        if (const auto result = found.find(each.id); result != found.end())
            cache.keep(each, result->second);
}

void showPlan(const Plan& plan, const GlobalOptions& global)
{
    if (global.output == OutputFormat::text)
        print(renderPlan(plan, wantsColour(STDOUT_FILENO)));
}

/// `apply --dry-run` is `plan`: it gets to hold the read-only half alone.
ExitCode dryRun(const GlobalOptions& global, const ReconcileOptions& options)
{
    return planCommand(global, options);
}

/// Opens the engine while the manifests are read. One on this host is asked at once who it is, for that takes it a
/// while; one elsewhere is not, for what is wrong with a manifest must not wait for a network.
std::future<ActingEngine> openAhead(const GlobalOptions& global)
{
    return std::async(std::launch::async,
                      [&global]
                      {
                          auto engine = openForActing(global);
                          if (engine.onThisHost)
                              engine.orchestrator->getEngineInfo();
                          return engine;
                      });
}

std::optional<SavedPlan> savedPlanOf(ReconcileOptions& options)
{
    if (options.paths.size() != 1 || !isSavedPlan(options.paths.front()))
        return std::nullopt;
    auto saved = readPlan(options.paths.front());
    options.paths = saved.options.paths;
    options.profiles = saved.options.profiles;
    options.servers = saved.options.servers;
    options.prune = saved.options.prune;
    options.allowEmpty = saved.options.allowEmpty;
    options.pruneMax = saved.options.pruneMax;
    return saved;
}

}

ExitCode applyCommand(const GlobalOptions& global, ReconcileOptions options, const std::stop_token& stop)
{
    const auto saved = savedPlanOf(options);
    if (options.dryRun)
        return dryRun(global, options);

    auto opened = openAhead(global);
    const auto declared = declare(global, options.paths, std::cin);
    sayDiagnostics(declared);
    if (!declared.valid())
    {
        say("nothing is changed while a manifest has an error\n");
        return ExitCode::invalid;
    }

    const auto engine = opened.get();
    const Lock lock(lockFolder(), engine.orchestrator->getEngineInfo().id, global.project, "apply");
    auto recorder = recorderFor(global);
    RunRecording recording(recorder, "apply", options.paths);
    // From here on nobody else of this project changes the engine.
    const auto decision = decide(declared, global, options, *engine.orchestrator);
    if (saved)
        if (const auto stale = staleness(*saved, decision.plan))
        {
            say(fmt::format("the saved plan is stale, and nothing was changed: {}; make it again\n", *stale));
            return ExitCode::stalePlan;
        }
    showPlan(decision.plan, global);
    if (decision.guard)
    {
        say(fmt::format("nothing was changed: {}\n", *decision.guard));
        recording.guarded(decision.plan, *decision.guard);
        return ExitCode::pruneGuard;
    }
    ApplyOptions applyOptions;
    applyOptions.wait = options.wait;
    applyOptions.times = {options.settle, options.readyTimeout};
    if (!decision.plan.steps.empty())
    {
        // The history is opened beside git.
        auto revision = std::async(std::launch::async, gitRevision, std::cref(options.paths));
        recorder.deliver();
        applyOptions.revision = revision.get();
    }
    Prober prober(*engine.orchestrator);
    applyOptions.probe = [&prober](const std::string& id, const DesiredInstance& want, const std::stop_token& given)
    { return prober.untilReady(id, want, given); };
    const auto code = run(decision, engine, global, applyOptions, recording, stop);
    remember(prober, *engine.orchestrator, global);
    return code;
}

ExitCode destroyCommand(const GlobalOptions& global, bool yes, const std::stop_token& stop)
{
    const auto engine = openForActing(global);
    const Lock lock(lockFolder(), engine.orchestrator->getEngineInfo().id, global.project, "destroy");
    auto recorder = recorderFor(global);
    RunRecording recording(recorder, "destroy", {});
    Declared nothing;
    nothing.desired.project = ProjectName(global.project);
    nothing.wholeFolders = true;
    auto decision = decide(nothing, global, {}, *engine.orchestrator);
    showPlan(decision.plan, global);
    if (decision.plan.steps.empty())
        return run(decision, engine, global, {}, recording, stop);
    if (!yes)
    {
        if (::isatty(STDIN_FILENO) == 0)
            throw UsageError("destroy removes everything of the project; say --yes where nobody can be asked");
        say(fmt::format("Remove all of project {}? Volumes stay. Type the project's name: ", global.project));
        std::string answer;
        std::getline(std::cin, answer);
        if (answer != global.project)
        {
            say("nothing was changed\n");
            return ExitCode::failed;
        }
    }
    return run(decision, engine, global, {}, recording, stop);
}

}
