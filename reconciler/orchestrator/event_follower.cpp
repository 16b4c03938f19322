#include "orchestrator/event_follower.h"

#include "orchestrator/pause.h"

#include <algorithm>
#include <utility>

namespace mcpctl
{

namespace
{

using Type = Event::Type;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::size_t keysKept = 4096; ///< far more than an engine remembers
constexpr int looks = 4;               ///< at a world that moves meanwhile

/// What an event of this type undoes.
std::optional<Type> oppositeOf(Type type)
{
    static const std::vector<std::pair<Type, Type>> pairs{{Type::start, Type::die},
                                                          {Type::pause, Type::unpause},
                                                          {Type::networkConnect, Type::networkDisconnect},
                                                          {Type::networkCreate, Type::networkDestroy},
                                                          {Type::nameTaken, Type::nameFreed},
                                                          {Type::health, Type::health}};
    for (const auto& [left, right] : pairs)
    {
        if (type == left)
            return right;
        if (type == right)
            return left;
    }
    return std::nullopt;
}

}

EventFollower::EventFollower(const OrchestratorView& view, ProjectName project, Options options)
    : view_(view), project_(std::move(project)), options_(std::move(options)), picture_(project_)
{
}

void EventFollower::run(const EventSink& sink, const std::stop_token& stop)
{
    if (!options_.sinceNanos)
        newlyRemembered(); // and so not told
    auto pause = options_.firstPause;
    while (!stop.stop_requested())
    {
        const auto onEvent = [&](const Event& event)
        {
            if (event.type != Type::subscribed)
                return pass(event, sink);
            catchUp(sink);
            pause = options_.firstPause;
        };
        try
        {
            view_.subscribeEvents(project_, onEvent, stop);
        }
        catch (const OrchestratorError& error)
        {
            if (sinkFailed_)
                std::rethrow_exception(sinkFailed_); // in its own words, whatever the stream made of it
            if (!connected_)
                throw;
            if (options_.onBroken)
                options_.onBroken(error.what());
        }
        pauseFor(pause, stop);
        pause = std::min(pause * 2, options_.longestPause);
    }
}

EventFollower::Key EventFollower::keyOf(const Event& event)
{
    return {event.timeNanos, event.type, event.id, event.network + event.health};
}

/// True for one that is new.
bool EventFollower::note(const Event& event)
{
    const auto key = keyOf(event);
    if (!told_.insert(key).second)
        return false;
    toldInOrder_.push_back(key);
    last_ = key;
    if (toldInOrder_.size() > keysKept)
    {
        told_.erase(toldInOrder_.front());
        toldInOrder_.pop_front();
    }
    return true;
}

std::vector<Event> EventFollower::newlyRemembered()
{
    // Times of events are not quite in their order, so a little earlier than the last one.
    const auto begin = options_.sinceNanos.value_or(0);
    const auto since = last_ ? std::max(begin, std::get<0>(*last_) - second) : begin;
    std::vector<Event> remembered;
    rememberedUntil_ =
        view_.eventsBetween(project_, since, {}, [&](const Event& event) { remembered.push_back(event); });
    // From here on nothing fails: what is noted now is told.
    const auto last = last_;
    lastIsRemembered_ = false;
    std::vector<Event> fresh;
    for (const auto& event : remembered)
    {
        lastIsRemembered_ = lastIsRemembered_ || keyOf(event) == last;
        if (note(event))
            fresh.push_back(event);
    }
    return fresh;
}

/// Called while the new stream is open and nothing of it was read yet: what it has for us waits.
void EventFollower::catchUp(const EventSink& sink)
{
    if (!connected_)
        tell(Event{}, sink);
    const auto seenUntil = last_ ? std::get<0>(*last_) : 0;
    auto fresh = newlyRemembered();
    if (connected_ && !lastIsRemembered_ && !std::exchange(gapTold_, true))
    {
        Event gap;
        gap.type = Type::gap;
        gap.timeNanos = seenUntil > 0 ? seenUntil : rememberedUntil_;
        tell(gap, sink);
    }
    Listing look;
    for (int i = 0; i < looks && (i == 0 || !fresh.empty()); ++i)
    {
        tellAll(fresh, sink);
        look = view_.listInstances(project_);
        // What happened while it was looked at may be in the look or not: then look again.
        fresh = newlyRemembered();
    }
    tellAll(fresh, sink);
    const auto missing = picture_.catchUp(look);
    if (std::exchange(connected_, true))
    {
        owe(missing);
        for (const auto& event : owed_)
            tell(event.event, sink);
        if (options_.onMended)
            options_.onMended();
    }
    gapTold_ = false;
}

void EventFollower::owe(const std::vector<Event>& events)
{
    owed_.clear();
    std::map<std::string, std::int64_t> startedAt;
    for (const auto& event : events)
        if (event.type == Type::start)
            startedAt[event.id] = event.timeNanos;
    for (const auto& event : events)
    {
        Owed owed{event, rememberedUntil_ + second};
        if (event.type == Type::die && startedAt.contains(event.id) && event.exitCode < 0)
            owed.untilNanos = startedAt.at(event.id);
        if (event.timeNanos == 0)
            owed.event.timeNanos = rememberedUntil_;
        owed_.push_back(owed);
    }
}

/// Is it the engine's own word for what was synthesised?
bool EventFollower::settles(const Event& event)
{
    const auto same = [&](const Owed& owed)
    {
        return owed.event.type == event.type && owed.event.id == event.id && owed.event.network == event.network &&
               owed.event.health == event.health && event.timeNanos <= owed.untilNanos;
    };
    if (const auto found = std::find_if(owed_.begin(), owed_.end(), same); found != owed_.end())
    {
        owed_.erase(found);
        return true;
    }
    if (const auto opposite = oppositeOf(event.type))
        owed_.erase(std::remove_if(owed_.begin(), owed_.end(),
                                   [&](const Owed& owed) {
                                       return owed.event.type == *opposite && owed.event.id == event.id &&
                                              owed.event.network == event.network;
                                   }),
                    owed_.end());
    return false;
}

void EventFollower::tellAll(const std::vector<Event>& events, const EventSink& sink)
{
    for (const auto& event : events)
        if (!settles(event))
            tell(event, sink);
}

void EventFollower::pass(const Event& event, const EventSink& sink)
{
    if (note(event))
        tellAll({event}, sink);
}

void EventFollower::tell(const Event& event, const EventSink& sink)
{
    if (!event.synthesised)
        picture_.see(event);
    try
    {
        sink(event);
    }
    catch (...)
    {
        sinkFailed_ = std::current_exception();
        throw;
    }
}

}
