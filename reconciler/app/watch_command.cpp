#include "app/commands.h"
#include "app/daemon_threads.h"
#include "app/egress_watch.h"
#include "app/engine.h"
#include "app/folder_watch.h"
#include "app/git_fetching.h"
#include "app/health_watch.h"
#include "app/history_place.h"
#include "app/http_api.h"
#include "app/log.h"
#include "app/prober.h"
#include "app/run_recording.h"
#include "app/sd_notify.h"
#include "app/watch_loop.h"
#include "model/timestamp.h"
#include "record/history_reader.h"
#include "record/leadership.h"
#include "system/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

namespace mcpctl
{

namespace
{

using namespace std::chrono_literals;

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
        record.details = event.health + event.network + event.oldName + event.target;
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

/// `--history` and MCPCTL_HISTORY come first; DATABASE_URL is how a platform gives a daemon its database.
GlobalOptions withDatabase(GlobalOptions global)
{
    const char* url = std::getenv("DATABASE_URL");
    if (!global.history && url != nullptr && *url != '\0')
        global.history = url;
    return global;
}

/// A pass may take long, for an engine may; one of many minutes is stuck.
bool isAlive(const WatchLoop& loop)
{
    return std::chrono::steady_clock::now() - loop.lastSign() < 10min;
}

/// The daemon, put together. What uses something stands after it.
class Daemon
{
public:
    Daemon(GlobalOptions global, const WatchOptions& watch, Signals& signals);
    ~Daemon() { signals_.onHangUp({}); }
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;
    void run();

private:
    WatchLoop::Options loopOptions();
    WatchListener listener();
    HttpSources httpSources();
    void onPass(const PassSummary& summary);
    void onEvent(const Event& event);
    void onDenial(const Event& denial);
    void onFetched(const std::string& error, bool changed);
    void onHealth(const HealthWatch::Found& found);

    const GlobalOptions global_;
    const WatchOptions& watch_;
    Signals& signals_;
    const HistoryTarget history_;
    const Log log_;
    const ActingEngine engine_;
    Recorder recorder_;
    Prober prober_;
    std::optional<GitFetching> fetching_;
    std::optional<Leadership> leadership_;
    Metrics metrics_;
    EventHub events_;
    DenialFilter denials_; ///< of the thread that tells denials
    WakeUp wakeUp_;
    std::atomic<bool> freed_{false}; ///< memory, since it was last returned
    bool wasDone_ = false;           ///< of the loop's thread
    WatchLoop loop_;
    std::optional<HttpApi> http_;
};

Daemon::Daemon(GlobalOptions global, const WatchOptions& watch, Signals& signals)
    : global_(std::move(global)), watch_(watch), signals_(signals), history_(historyTarget(global_)),
      log_(global_.logLevel), engine_(openForActing(global_)),
      recorder_(
          recorderFor(global_, Recorder::Mode::background, [this](const std::string& text) { log_.warning(text); })),
      prober_(*engine_.orchestrator),
      loop_(global_, loopOptions(), *engine_.orchestrator, wakeUp_, recorder_, listener(), log_)
{
    const auto& paths = watch.reconcile.paths;
    if (std::find(paths.begin(), paths.end(), "-") != paths.end())
        throw UsageError("standard input cannot be watched; name a folder");
    if (watch.git && paths.size() != 1)
        throw UsageError("with --git, name one folder for the clone");
    if (watch.tokenFile && !watch.listen)
        throw UsageError("--token-file is for the HTTP side; give --listen, too");
    if (watch.git)
        fetching_.emplace(watch, log_);
    if (watch.leaderElection)
        leadership_.emplace(history_, global_.project);
    if (watch.listen)
        http_.emplace(*watch.listen, watch.tokenFile, httpSources());
}

WatchLoop::Options Daemon::loopOptions()
{
    WatchLoop::Options options;
    options.reconcile = watch_.reconcile;
    options.resync = watch_.resync;
    options.backoffs = watch_.backoffs;
    options.probe = [this](const std::string& id, const DesiredInstance& want, const std::stop_token& stop)
    { return prober_.untilReady(id, want, stop); };
    if (watch_.git)
        options.where = [this] { return std::vector{fetching_->folder()}; };
    if (watch_.leaderElection)
        options.mayLead = [this](const std::string& engineId) { return leadership_->claim(engineId); };
    return options;
}

WatchListener Daemon::listener()
{
    WatchListener out;
    out.onPass = [this](const PassSummary& summary) { onPass(summary); };
    out.onOutcomes = [this](const Outcomes& outcomes)
    {
        for (const auto& each : outcomes)
        {
            metrics_.changeEnded(each);
            events_.publish(each);
        }
    };
    // While there is much to do, what one pass freed is the next one's; and to look for it holds up all threads.
    out.onQuiet = [this]
    {
        if (freed_.exchange(false))
            returnFreedMemory();
    };
    return out;
}

HttpSources Daemon::httpSources()
{
    HttpSources sources{.state = [this] { return loop_.state(); },
                        .reconcile = [this] { wakeUp_.wake(WakeReason::asked); },
                        .engine = engine_.statistics,
                        .recorder = [this] { return recorder_.status(); },
                        .history = {},
                        .run = {},
                        .alive = [this] { return isAlive(loop_); },
                        .metrics = metrics_,
                        .events = events_};
    if (history_.kind != HistoryTarget::Kind::none)
    {
        const auto reader = std::make_shared<HistoryReader>(history_, journalFolder(history_),
                                                            [this](const std::string& why) { log_.debug(why); });
        sources.history = [reader](const HistoryFilter& filter)
        { return reader->read([&](History& history) { return history.list(filter); }); };
        sources.run = [reader](const std::string& id)
        { return reader->read([&](History& history) { return history.show(id); }); };
    }
    return sources;
}

void Daemon::onPass(const PassSummary& summary)
{
    metrics_.passEnded(summary.result, std::chrono::microseconds(summary.endedMicros - summary.begunMicros));
    events_.publish(summary);
    if (summary.result == PassSummary::Result::done && !std::exchange(wasDone_, true))
        log_.info("the engine is in the declared state");
    freed_ = true;
    // Ready to look after the engine, be it there or not: a service manager would give up waiting.
    sdNotify(fmt::format("READY=1\nSTATUS={}\n", statusLine(*loop_.state())));
}

void Daemon::onEvent(const Event& event)
{
    if (event.type == Event::Type::kill || event.type == Event::Type::stop)
        loop_.noteTouched(event.name);
    wakeUp_.wake(WakeReason::engine);
    events_.publish(event);
    if (belongsToHistory(event))
        recorder_.record(recordOf(event, global_.project, loop_.state()->engineId));
}

void Daemon::onDenial(const Event& denial)
{
    metrics_.egressDenied(denial.name);
    if (!denials_.isNews(denial, DenialFilter::Clock::now()))
        return;
    log_.warning(fmt::format("{} was not let out to {}: {}", denial.name, denial.target, denial.reason));
    events_.publish(denial);
    recorder_.record(recordOf(denial, global_.project, loop_.state()->engineId));
}

void Daemon::onFetched(const std::string& error, bool changed)
{
    if (error != loop_.state()->sourceError)
        log_.warning(error.empty() ? "the manifests can be fetched again" : error);
    loop_.setSourceError(error);
    if (changed)
        wakeUp_.wake(WakeReason::manifests);
}

void Daemon::onHealth(const HealthWatch::Found& found)
{
    loop_.setHealth(found);
    freed_ = true; // a start is as many conversations as there are servers
}

void Daemon::run()
{
    signals_.onHangUp([this] { wakeUp_.wake(WakeReason::asked); });
    if (http_)
        log_.info(fmt::format("answering HTTP at {}", http_->address()));
    log_.info(fmt::format("watching {} for project {}", fmt::join(watch_.reconcile.paths, ", "), global_.project));

    std::optional<FolderWatch> folderWatch;
    std::jthread fetcher;
    if (fetching_)
        fetcher = fetching_->begin([this](const std::string& error, bool changed) { onFetched(error, changed); },
                                   signals_.stopToken());
    auto watched = fetching_ ? std::vector<std::string>{} : watch_.reconcile.paths;
    watched.insert(watched.end(), global_.policies.begin(), global_.policies.end());
    if (!watched.empty())
    {
        FolderWatch::Options options;
        options.debounce = watch_.debounce;
        folderWatch.emplace(std::vector<std::filesystem::path>(watched.begin(), watched.end()), options,
                            [this] { wakeUp_.wake(WakeReason::manifests); });
    }
    const EngineEars ears(
        *engine_.orchestrator, ProjectName(global_.project), [this](const Event& event) { onEvent(event); }, log_);
    const HealthWatch health(prober_,
                             {.state = [this] { return loop_.state(); },
                              .scrub = [this](const std::string& text) { return loop_.scrubbed(text); },
                              .tell = [this](const HealthWatch::Found& found) { onHealth(found); }},
                             log_);
    const EgressWatch denials(*engine_.orchestrator, ProjectName(global_.project), nowNanos(),
                              [this](const Event& denial) { onDenial(denial); });
    const Watchdog watchdog([this] { return isAlive(loop_); });
    const Retention retention(history_, global_.project, watch_.historyKeep, log_);
    loop_.run(signals_.stopToken());

    sdNotify("STOPPING=1\n");
    log_.info("stopped");
    if (global_.stats)
        log_.info(toString(engine_.statistics()));
}

}

ExitCode watchCommand(const GlobalOptions& global, const WatchOptions& watch, Signals& signals)
{
    signals.beQuiet();
    shareFreedMemory();
    Daemon(withDatabase(global), watch, signals).run();
    return ExitCode::done;
}

}
