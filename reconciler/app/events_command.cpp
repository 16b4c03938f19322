#include "app/chosen.h"
#include "app/commands.h"
#include "app/engine.h"
#include "app/event_line.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "app/terminal.h"
#include "model/instant.h"
#include "model/quantity.h"
#include "orchestrator/event_follower.h"

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace mcpctl
{

namespace
{

std::int64_t nowNanos()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

/// `10m` is ten minutes before `now`.
std::optional<std::int64_t> momentOf(const std::string& text, const std::string& option, std::int64_t now)
{
    if (text.empty())
        return std::nullopt;
    if (const auto ago = parseDuration(text))
        return std::max<std::int64_t>(0, now - ago->count());
    if (const auto instant = parseInstant(text))
        return instant;
    throw UsageError(fmt::format("{}: {} is neither a duration, as 10m, nor RFC 3339", option, text));
}

/// Asks for a stop at `when`, or as soon as `stop` does.
class StopAt
{
public:
    StopAt(std::optional<std::int64_t> when, std::stop_token stop)
        : forward_(std::move(stop), [this] { source_.request_stop(); })
    {
        if (when)
            timer_ = std::jthread([this, wait = std::chrono::nanoseconds(*when - nowNanos())](
                                      const std::stop_token& ended) { sleep(wait, ended); });
    }

    std::stop_token token() const { return source_.get_token(); }

private:
    void sleep(std::chrono::nanoseconds time, const std::stop_token& ended)
    {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait_for(lock, ended, time, [] { return false; });
        source_.request_stop();
    }

    std::stop_source source_;
    std::stop_callback<std::function<void()>> forward_;
    std::jthread timer_; ///< last: it uses the above
};

/// Events of networks are shown where no instance was asked for, and only of networks that are mcpctl's by name.
bool concerns(const Event& event, const GlobalOptions& global, const ObserveOptions& options)
{
    switch (event.type)
    {
    case Event::Type::subscribed:
        return false;
    case Event::Type::gap:
        return true;
    case Event::Type::networkCreate:
    case Event::Type::networkDestroy:
        return options.instances.empty() &&
               (event.network == "mcpctl-network" || event.network.starts_with(global.project + "-"));
    default:
        return isChosen(options.instances, global.project, event.name) ||
               (!event.oldName.empty() && isChosen(options.instances, global.project, event.oldName));
    }
}

}

ExitCode eventsCommand(const GlobalOptions& global, const ObserveOptions& options, const std::stop_token& stop)
{
    const auto now = nowNanos();
    const auto since = momentOf(options.since, "--since", now);
    const auto until = momentOf(options.until, "--until", now);
    const auto engine = openForReading(global);
    const ProjectName project(global.project);
    const bool colour = wantsColour(STDOUT_FILENO);
    const auto show = [&](const Event& event)
    {
        if (concerns(event, global, options) && event.timeNanos <= until.value_or(event.timeNanos))
            print(global.output == OutputFormat::json ? eventJson(event) : eventLine(event, colour));
    };

    if (until && *until <= now)
        engine.view->eventsBetween(project, since.value_or(0), until, show);
    else
    {
        const StopAt end(until, stop);
        EventFollower::Options follow;
        follow.sinceNanos = since;
        follow.onBroken = [](const std::string& why) { say(fmt::format("{}; connecting again\n", why)); };
        EventFollower(*engine.view, project, follow).run(show, end.token());
    }
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    return ExitCode::done;
}

}
