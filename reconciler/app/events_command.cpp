#include "app/commands.h"
#include "app/egress_watch.h"
#include "app/engine.h"
#include "app/event_line.h"
#include "app/moment.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "app/select_instances.h"
#include "app/terminal.h"
#include "model/gateways.h"
#include "model/timestamp.h"
#include "orchestrator/event_follower.h"
#include "orchestrator/pause.h"

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <mutex>
#include <set>
#include <thread>

namespace mcpctl
{

namespace
{

/// The full names that the words stand for; that of an instance which is gone must be written in full.
std::set<std::string> namesMeant(const OrchestratorView& view, const GlobalOptions& global,
                                 const std::vector<std::string>& words)
{
    if (words.empty())
        return {};
    const auto ours = view.listInstances(ProjectName(global.project)).ours;
    std::set<std::string> names;
    for (const auto& word : words)
        names.insert(word.starts_with(global.project + "-") || isGateway(word, ProjectName(global.project))
                         ? word
                         : selectInstances(ours, {word}).front().name);
    return names;
}

/// Asks for a stop at `when`, or as soon as `stop` does.
class StopAt
{
public:
    StopAt(std::optional<std::int64_t> when, std::stop_token stop)
        : forward_(std::move(stop), [this] { source_.request_stop(); })
    {
        if (when)
            timer_ = std::jthread(
                [this, wait = std::chrono::nanoseconds(*when - nowNanos())](const std::stop_token& ended)
                {
                    pauseFor(wait, ended);
                    source_.request_stop();
                });
    }

    std::stop_token token() const { return source_.get_token(); }

private:
    std::stop_source source_;
    std::stop_callback<std::function<void()>> forward_;
    std::jthread timer_; ///< last: it uses the above
};

/// Without names all are shown, and then events of networks too, of those that are mcpctl's by name.
bool concerns(const Event& event, const std::string& project, const std::set<std::string>& names)
{
    switch (event.type)
    {
    case Event::Type::subscribed:
        return false;
    case Event::Type::gap:
        return true;
    case Event::Type::networkCreate:
    case Event::Type::networkDestroy:
        return names.empty() && (event.network == "mcpctl-network" || event.network.starts_with(project + "-") ||
                                 event.network.starts_with(project + "."));
    default:
        return names.empty() || names.contains(event.name) || names.contains(event.oldName);
    }
}

}

ExitCode eventsCommand(const GlobalOptions& global, const ObserveOptions& options, const std::stop_token& stop)
{
    const auto now = nowNanos();
    const auto moment = [&](const std::optional<std::string>& text, const char* option)
    { return text ? std::optional(parseMoment(*text, option, now)) : std::nullopt; };
    const auto since = moment(options.since, "--since");
    const auto until = moment(options.until, "--until");
    const auto engine = openForReading(global);
    const ProjectName project(global.project);
    const auto names = namesMeant(*engine.view, global, options.instances);
    const bool colour = wantsColour(STDOUT_FILENO);
    std::mutex printing; // the gateway's log has a thread of its own
    const auto show = [&](const Event& event)
    {
        const std::lock_guard lock(printing);
        if (concerns(event, global.project, names) && event.timeNanos <= until.value_or(event.timeNanos))
            print(global.output == OutputFormat::json ? eventJson(event) : eventLine(event, colour));
    };

    if (until && *until <= now)
    {
        engine.view->eventsBetween(project, since.value_or(0), until, show);
        pastDenials(*engine.view, project, since.value_or(0), *until, show);
    }
    else
    {
        const StopAt end(until, stop);
        EventFollower::Options follow;
        follow.sinceNanos = since;
        follow.onBroken = [](const std::string& why) { say(fmt::format("{}; connecting again\n", why)); };
        follow.onMended = [] { say("connected again\n"); };
        const EgressWatch denials(*engine.view, project, since.value_or(now), show);
        EventFollower(*engine.view, project, follow).run(show, end.token());
    }
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    return ExitCode::done;
}

}
