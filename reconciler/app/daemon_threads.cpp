#include "app/daemon_threads.h"

#include "app/sd_notify.h"
#include "model/timestamp.h"
#include "orchestrator/backoff.h"
#include "orchestrator/event_follower.h"
#include "orchestrator/pause.h"
#include "record/history.h"

#include <fmt/format.h>

namespace mcpctl
{

namespace
{

using namespace std::chrono_literals;

void listen(const OrchestratorView& view, const ProjectName& project, const EventSink& sink, const Log& log,
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

void forget(const HistoryTarget& target, const std::string& project, std::chrono::milliseconds keep, const Log& log)
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

}

EngineEars::EngineEars(const OrchestratorView& view, const ProjectName& project, EventSink sink, const Log& log)
    : thread_([&view, project, sink = std::move(sink), &log](const std::stop_token& stop)
              { listen(view, project, sink, log, stop); })
{
}

Watchdog::Watchdog(std::function<bool()> alive)
{
    if (const auto interval = sdWatchdogInterval())
        thread_ = std::jthread(
            [alive = std::move(alive), interval = *interval](const std::stop_token& stop)
            {
                while (!stop.stop_requested())
                {
                    if (alive())
                        sdNotify("WATCHDOG=1");
                    pauseFor(interval, stop);
                }
            });
}

Retention::Retention(const HistoryTarget& target, const std::string& project, std::chrono::milliseconds keep,
                     const Log& log)
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

}
