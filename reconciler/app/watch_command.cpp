#include "app/commands.h"
#include "app/engine.h"
#include "app/folder_watch.h"
#include "app/log.h"
#include "app/prober.h"
#include "app/revision.h"
#include "app/run_recording.h"
#include "app/sd_notify.h"
#include "app/watch_loop.h"
#include "model/timestamp.h"
#include "orchestrator/backoff.h"
#include "orchestrator/event_follower.h"

#include <fmt/format.h>

namespace mcpctl
{

namespace
{

using namespace std::chrono_literals;

/// Follows the engine's events for as long as the daemon lives, whatever becomes of the engine.
class EngineEars
{
public:
    EngineEars(const OrchestratorView& view, const ProjectName& project, EventSink sink, const Log& log)
        : thread_([this, &view, project, sink = std::move(sink), &log](const std::stop_token& stop)
                  { listen(view, project, sink, log, stop); })
    {
    }

private:
    static void listen(const OrchestratorView& view, const ProjectName& project, const EventSink& sink, const Log& log,
                       const std::stop_token& stop)
    {
        EventFollower::Options options;
        options.onBroken = [&](const std::string& why) { log.warning(fmt::format("no events: {}", why)); };
        options.onMended = [&] { log.info("events come again"); };
        Backoff backoff;
        while (!stop.stop_requested())
            try
            {
                EventFollower(view, project, options).run(sink, stop);
            }
            catch (const OrchestratorError&) // the first connection failed; the loop says so, too
            {
                backoff.wait(stop);
            }
    }

    std::jthread thread_;
};

EventRecord recordOf(const Event& event, const std::string& project, const std::string& engineId)
{
    EventRecord record;
    record.id = newRecordId();
    record.project = project;
    record.engineId = engineId;
    record.timeMicros = event.timeNanos / 1000;
    record.instance = event.name;
    record.type = toString(event.type);
    if (event.type == Event::Type::die)
        record.details = fmt::format("exit code {}", event.exitCode);
    else
        record.details = event.health + event.network + event.oldName;
    if (event.synthesised)
        record.details += record.details.empty() ? "found by looking" : ", found by looking";
    return record;
}

/// Does it tell of an instance of ours? Those of networks and of names of others are not history of an instance.
bool belongsToHistory(const Event& event)
{
    switch (event.type)
    {
    case Event::Type::subscribed:
    case Event::Type::networkCreate:
    case Event::Type::networkDestroy:
    case Event::Type::nameTaken:
    case Event::Type::nameFreed:
        return false;
    default:
        return true;
    }
}

/// What the service manager gets to read.
std::string statusLine(const DaemonState& state)
{
    if (!state.engineError.empty())
        return "the engine is away";
    if (!state.manifestErrors.empty())
        return "the manifests have errors; the last good ones are in force";
    return fmt::format("{} instances, {} backed off{}", state.instances.size(), state.backoffs.size(),
                       state.revision.empty() ? "" : ", at " + state.revision.substr(0, 12));
}

/// Tells the service manager that the loop lives, as often as it wants to hear it.
class Watchdog
{
public:
    explicit Watchdog(const WatchLoop& loop)
    {
        if (const auto interval = sdWatchdogInterval())
            thread_ = std::jthread(
                [&loop, interval = *interval](const std::stop_token& stop)
                {
                    std::mutex mutex;
                    std::condition_variable_any never;
                    while (!stop.stop_requested())
                    {
                        // A pass may take long, for an engine may; one of many minutes is stuck.
                        if (std::chrono::steady_clock::now() - loop.lastSign() < 10min)
                            sdNotify("WATCHDOG=1");
                        std::unique_lock lock(mutex);
                        never.wait_for(lock, stop, interval, [] { return false; });
                    }
                });
    }

private:
    std::jthread thread_;
};

std::vector<std::filesystem::path> foldersOf(const ReconcileOptions& options)
{
    for (const auto& path : options.paths)
        if (path == "-")
            throw UsageError("standard input cannot be watched; name a folder");
    return {options.paths.begin(), options.paths.end()};
}

}

ExitCode watchCommand(const GlobalOptions& global, const WatchOptions& watch, Signals& signals)
{
    signals.beQuiet();
    const auto folders = foldersOf(watch.reconcile);
    const Log log(global.logLevel);
    const auto engine = openForActing(global);
    auto recorder =
        recorderFor(global, Recorder::Mode::background, [&](const std::string& text) { log.warning(text); });
    WakeUp wakeUp;
    signals.onHangUp([&] { wakeUp.wake(WakeReason::asked); });

    Prober prober(*engine.orchestrator);
    WatchLoop::Options options;
    options.reconcile = watch.reconcile;
    options.resync = watch.resync;
    options.backoffs = watch.backoffs;
    options.revision = [&] { return gitRevision(watch.reconcile.paths); };
    options.probe = [&](const std::string& id, const DesiredInstance& want, const std::stop_token& stop)
    { return prober.untilReady(id, want, stop); };

    WatchLoop* running = nullptr;
    bool ready = false;
    WatchListener listener;
    listener.onPass = [&](const PassSummary& summary)
    {
        if (summary.result == PassSummary::Result::done && !std::exchange(ready, true))
            log.info("the engine is in the declared state");
        sdNotify(fmt::format("{}STATUS={}\n", ready ? "READY=1\n" : "", statusLine(*running->state())));
    };
    WatchLoop loop(global, options, *engine.orchestrator, wakeUp, recorder, listener, log);
    running = &loop;

    log.info(fmt::format("watching {} for project {}", fmt::join(watch.reconcile.paths, ", "), global.project));
    FolderWatch::Options folderOptions;
    folderOptions.debounce = watch.debounce;
    const FolderWatch folderWatch(folders, folderOptions, [&] { wakeUp.wake(WakeReason::manifests); });
    const EngineEars ears(
        *engine.orchestrator, ProjectName(global.project),
        [&](const Event& event)
        {
            if (event.type == Event::Type::kill || event.type == Event::Type::stop)
                loop.noteTouched(event.name);
            wakeUp.wake(WakeReason::engine);
            if (belongsToHistory(event))
                recorder.record(recordOf(event, global.project, loop.state()->engineId));
        },
        log);
    const Watchdog watchdog(loop);
    loop.run(signals.stopToken());
    sdNotify("STOPPING=1\n");
    log.info("stopped");
    if (global.stats)
        log.info(toString(engine.statistics()));
    return ExitCode::done;
}

}
