#pragma once

#include "app/log_lines.h"
#include "orchestrator/orchestrator.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>

/// Attempts that the egress gateway refused, read from its log and told as events of the server that tried:
/// Event::name is that server, `target` what it wanted as NAME:PORT (`-` for a name that nobody said), `reason` why
/// not.
namespace mcpctl
{

/// Nothing for a line that says something else. What the server sent as a name is in it with `%XX` for all that is
/// not of a name.
std::optional<Event> parseDenial(const LogLine& line);

/// Those of a while that is over, as far as the gateway's log goes back.
void pastDenials(const OrchestratorView& view, const ProjectName& project, std::int64_t sinceNanos,
                 std::int64_t untilNanos, const EventSink& sink);

/// Tells each from `sinceNanos` on, on a thread of its own, for as long as it lives: over a gateway that is made anew
/// or not there yet, and an engine that goes away.
class EgressWatch
{
public:
    EgressWatch(const OrchestratorView& view, const ProjectName& project, std::int64_t sinceNanos, EventSink sink);

private:
    std::jthread thread_;
};

/// Keeps a server that tries without end from filling what is kept: the same attempt counts once a minute.
/// One thread at a time.
class DenialFilter
{
public:
    using Clock = std::chrono::steady_clock;

    bool isNews(const Event& denial, Clock::time_point now);

private:
    std::map<std::pair<std::string, std::string>, Clock::time_point> told_; ///< server and target
};

}
