#include "app/commands.h"
#include "app/engine.h"
#include "app/folder_watch.h"
#include "app/git_clone.h"
#include "app/history_place.h"
#include "app/log.h"
#include "app/prober.h"
#include "app/run_recording.h"
#include "app/sd_notify.h"
#include "app/watch_loop.h"
#include "model/timestamp.h"
#include "orchestrator/backoff.h"
#include "orchestrator/event_follower.h"
#include "orchestrator/pause.h"
#include "record/history.h"
#include "record/leadership.h"

#include <fmt/format.h>

#include <cstdlib>

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
        : thread_([&view, project, sink = std::move(sink), &log](const std::stop_token& stop)
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
                    while (!stop.stop_requested())
                    {
                        // A pass may take long, for an engine may; one of many minutes is stuck.
                        if (std::chrono::steady_clock::now() - loop.lastSign() < 10min)
                            sdNotify("WATCHDOG=1");
                        pauseFor(interval, stop);
                    }
                });
    }

private:
    std::jthread thread_;
};

/// Forgets old history, now and each hour.
class Retention
{
public:
    Retention(const HistoryTarget& target, const std::string& project, std::chrono::milliseconds keep, const Log& log)
        : thread_(
              [target, project, keep, &log](const std::stop_token& stop)
              {
                  while (target.kind != HistoryTarget::Kind::none && !stop.stop_requested())
                  {
                      forget(target, project, keep, log);
                      pauseFor(1h, stop);
                  }
              })
    {
    }

private:
    static void forget(const HistoryTarget& target, const std::string& project, std::chrono::milliseconds keep,
                       const Log& log)
    {
        try
        {
            const auto before = nowMicros() - std::chrono::duration_cast<std::chrono::microseconds>(keep).count();
            if (const auto removed = History(target).prune(project, before); removed > 0)
                log.info(fmt::format("forgot {} runs from before {}", removed, formatMicros(before)));
        }
        catch (const HistoryError& error) // it is away; an hour later it may be back
        {
            log.debug(fmt::format("history could not be shortened: {}", error.what()));
        }
    }

    std::jthread thread_;
};

/// Keeps a clone current.
class Fetching
{
public:
    Fetching(const WatchOptions& watch, const Log& log)
        : clone_({.url = *watch.git, .branch = watch.branch, .folder = watch.reconcile.paths.front()}),
          below_(watch.pathInGit), interval_(watch.gitInterval), log_(log)
    {
    }

    /// The tree of one commit: the next one has another place.
    std::string folder() const
    {
        std::error_code notThere;
        const auto tree = std::filesystem::canonical(clone_.folder(), notThere);
        return ((notThere ? clone_.folder() : tree) / below_).string();
    }

    using Fetched = std::function<void(const std::string& error, bool changed)>;

    /// Fetches once, and on the thread that it returns each interval. `fetched` gets why it failed, or nothing, and
    /// whether there is another commit.
    std::jthread begin(Fetched fetched, const std::stop_token& stop)
    {
        fetch(fetched, stop);
        return std::jthread(
            [this, fetched = std::move(fetched)](const std::stop_token& ended)
            {
                while (!ended.stop_requested())
                {
                    pauseFor(interval_, ended);
                    fetch(fetched, ended);
                }
            });
    }

private:
    void fetch(const Fetched& fetched, const std::stop_token& stop)
    {
        if (stop.stop_requested())
            return;
        try
        {
            const bool changed = clone_.update(stop);
            if (changed)
                log_.info(fmt::format("the manifests are at commit {}", clone_.commit()));
            fetched("", changed);
        }
        catch (const GitError& error)
        {
            fetched(error.what(), false);
        }
    }

    GitClone clone_;
    const std::filesystem::path below_;
    const std::chrono::milliseconds interval_;
    const Log& log_;
};

/// `--history` and MCPCTL_HISTORY come first; DATABASE_URL is how a platform gives a daemon its database.
GlobalOptions withDatabase(GlobalOptions global)
{
    const char* url = std::getenv("DATABASE_URL");
    if (!global.history && url != nullptr && *url != '\0')
        global.history = url;
    return global;
}

std::vector<std::filesystem::path> foldersOf(const ReconcileOptions& options)
{
    for (const auto& path : options.paths)
        if (path == "-")
            throw UsageError("standard input cannot be watched; name a folder");
    return {options.paths.begin(), options.paths.end()};
}

}

ExitCode watchCommand(const GlobalOptions& given, const WatchOptions& watch, Signals& signals)
{
    const auto global = withDatabase(given);
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
    options.probe = [&](const std::string& id, const DesiredInstance& want, const std::stop_token& stop)
    { return prober.untilReady(id, want, stop); };

    std::optional<Fetching> fetching;
    if (watch.git)
    {
        if (folders.size() != 1)
            throw UsageError("with --git, name one folder for the clone");
        fetching.emplace(watch, log);
        options.where = [&] { return std::vector{fetching->folder()}; };
    }

    std::optional<Leadership> leadership;
    if (watch.leaderElection)
    {
        leadership.emplace(historyTarget(global), global.project);
        options.mayLead = [&](const std::string& engineId) { return leadership->claim(engineId); };
    }

    WatchLoop* running = nullptr;
    bool ready = false;
    WatchListener listener;
    listener.onPass = [&](const PassSummary& summary)
    {
        if (summary.result == PassSummary::Result::done && !std::exchange(ready, true))
            log.info("the engine is in the declared state");
        // Ready to look after the engine, be it there or not: a service manager would give up waiting.
        sdNotify(fmt::format("READY=1\nSTATUS={}\n", statusLine(*running->state())));
    };
    WatchLoop loop(global, options, *engine.orchestrator, wakeUp, recorder, listener, log);
    running = &loop;

    log.info(fmt::format("watching {} for project {}", fmt::join(watch.reconcile.paths, ", "), global.project));
    FolderWatch::Options folderOptions;
    folderOptions.debounce = watch.debounce;
    std::optional<FolderWatch> folderWatch;
    std::jthread fetcher;
    if (fetching)
        fetcher = fetching->begin(
            [&](const std::string& error, bool changed)
            {
                if (error != loop.state()->sourceError)
                    log.warning(error.empty() ? "the manifests can be fetched again" : error);
                loop.setSourceError(error);
                if (changed)
                    wakeUp.wake(WakeReason::manifests);
            },
            signals.stopToken());
    else
        folderWatch.emplace(folders, folderOptions, [&] { wakeUp.wake(WakeReason::manifests); });
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
    const Retention retention(historyTarget(global), global.project, watch.historyKeep, log);
    loop.run(signals.stopToken());
    sdNotify("STOPPING=1\n");
    log.info("stopped");
    if (global.stats)
        log.info(toString(engine.statistics()));
    return ExitCode::done;
}

}
