#include "orchestrator/log_follower.h"

#include "orchestrator/backoff.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mcpctl
{

namespace
{

using Kind = OrchestratorError::Kind;

/// When to look again although nothing seems to have happened. A look inspects all containers of the project.
constexpr std::chrono::minutes resync{5};

}

LogFollower::LogFollower(const OrchestratorView& view, InstanceWatch& watch, std::string name,
                         const LogOptions& options, LogReceiver receiver)
    : view_(view), watch_(watch), name_(std::move(name)), options_(options), receiver_(std::move(receiver))
{
}

void LogFollower::run(const LogPosition& from, const std::stop_token& stop)
{
    current_ = from.id;
    if (!from.id.empty())
        cursors_[from.id] = from.cursor;
    Backoff backoff;
    while (!enough_ && !stop.stop_requested())
    {
        const auto seen = watch_.changes(name_); // before the look, so that no change falls between
        try
        {
            const bool more = look(stop);
            backoff.reset();
            troubled_ = false;
            if (!more && !enough_)
                watch_.awaitChange(name_, seen, resync, stop);
        }
        catch (const OrchestratorError& error)
        {
            if (stop.stop_requested())
                return;
            tell(error);
            backoff.wait(stop);
        }
    }
}

bool LogFollower::look(const std::stop_token& stop)
{
    const auto id = watch_.find(name_);
    if (id != current_)
        leave(id, stop);
    // An engine may end a followed log before it has told the last lines, so an end is believed when nothing new comes.
    if (!id.empty() && !enough_ && read(id, true, stop))
        return true;
    receiver_.paused();
    return false;
}

/// Another instance has the name, or none. What the one before logged last is not left behind.
void LogFollower::leave(const std::string& next, const std::stop_token& stop)
{
    if (!current_.empty())
    {
        try
        {
            read(current_, false, stop);
        }
        catch (const OrchestratorError& error)
        {
            if (error.kind() != Kind::notFound)
                throw;
        }
        receiver_.paused();
        receiver_.say(next.empty() ? name_ + " is gone; its log goes on when it is back"
                                   : name_ + " is another instance now");
    }
    current_ = next;
}

bool LogFollower::read(const std::string& id, bool follow, const std::stop_token& stop)
{
    auto& cursor = cursors_[id];
    cursor.rewind();
    LogOptions options;
    options.timestamps = true;
    options.follow = follow;
    options.only = options_.only;
    options.sinceNanos = std::max(options_.sinceNanos, cursor.since());
    bool any = false;
    const auto sink = [&](LogPiece piece)
    {
        piece.text = cursor.advance(piece);
        if (piece.text.empty())
            return true;
        any = true;
        enough_ = !receiver_.piece(piece);
        return !enough_;
    };
    view_.getLogs(id, options, sink, stop);
    return any;
}

void LogFollower::tell(const OrchestratorError& error)
{
    // Gone between the look and the reading: the next look shows it.
    if (troubled_ || error.kind() == Kind::notFound)
        return;
    troubled_ = true;
    receiver_.say(error.kind() == Kind::unreachable ? "the engine is away; logs go on when it is back"
                                                    : fmt::format("{}: {}", name_, error.what()));
}

}
