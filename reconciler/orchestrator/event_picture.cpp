#include "orchestrator/event_picture.h"

#include "model/timestamp.h"

#include <algorithm>
#include <utility>

namespace mcpctl
{

namespace
{

using Type = Event::Type;

Event synthesised(Type type, const std::string& id, const std::string& name)
{
    Event event;
    event.type = type;
    event.id = id;
    event.name = name;
    event.synthesised = true;
    return event;
}

bool isUp(const ObservedInstance& live)
{
    return live.state == RunState::running || live.state == RunState::paused;
}

/// One event of `type` for each name in `from` that is not in `in`.
void tellMissing(const std::set<std::string>& from, const std::set<std::string>& in, Event event,
                 std::vector<Event>& out)
{
    for (const auto& name : from)
        if (!in.contains(name))
        {
            event.network = name;
            out.push_back(event);
        }
}

}

EventPicture::Seen EventPicture::seenOf(const ObservedInstance& live)
{
    Seen seen{.name = live.name,
              .whole = true,
              .running = isUp(live),
              .paused = live.state == RunState::paused,
              .startedNanos = parseTimestamp(live.startedAt).value_or(0),
              .health = live.health,
              .limits = std::pair(live.spec.resources, live.spec.restart)};
    for (const auto& [network, aliases] : live.spec.networks)
        seen.networks.insert(network.text);
    return seen;
}

void EventPicture::see(const Event& event)
{
    switch (event.type)
    {
    case Type::subscribed:
    case Type::gap:
        return;
    case Type::networkCreate:
        networks_.insert(event.network);
        return;
    case Type::networkDestroy:
        networks_.erase(event.network);
        return;
    case Type::nameTaken:
        strangers_.insert_or_assign(event.id, event.name);
        return;
    case Type::nameFreed:
        strangers_.erase(event.id);
        return;
    case Type::destroy:
        instances_.erase(event.id);
        return;
    default:
        break;
    }

    auto& seen = instances_[event.id];
    if (!event.name.empty())
        seen.name = event.name;
    if (event.type == Type::create)
        seen.whole = true;
    if (event.type == Type::start || event.type == Type::die)
    {
        seen.running = event.type == Type::start;
        seen.paused = false;
    }
    if (event.type == Type::die)
        seen.endedNanos = event.timeNanos;
    if (event.type == Type::start)
    {
        seen.startedNanos = event.timeNanos;
        seen.health.clear();
    }
    if (event.type == Type::pause || event.type == Type::unpause)
        seen.paused = event.type == Type::pause;
    if (event.type == Type::health)
        seen.health = event.health;
    if (event.type == Type::update)
        seen.limits.reset();
    if (event.type == Type::networkConnect)
        seen.networks.insert(event.network);
    if (event.type == Type::networkDisconnect)
        seen.networks.erase(event.network);
}

std::vector<Event> EventPicture::catchUp(const Listing& look)
{
    std::vector<Event> out;
    compareGone(look, out);
    for (const auto& live : look.ours)
        compareInstance(live, out);
    compareStrangers(look.foreign, out);
    compareNetworks(look.networks, out);
    return out;
}

void EventPicture::compareGone(const Listing& listing, std::vector<Event>& out)
{
    const auto isIn = [](const auto& list, const std::string& id)
    { return std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.id == id; }); };
    for (auto each = instances_.begin(); each != instances_.end();)
    {
        const auto& [id, seen] = *each;
        if (isIn(listing.ours, id) != listing.ours.end())
        {
            ++each;
            continue;
        }
        if (const auto foreign = isIn(listing.foreign, id); foreign != listing.foreign.end())
        {
            if (foreign->name != seen.name) // under its new name it is not ours
            {
                out.push_back(synthesised(Type::rename, id, foreign->name));
                out.back().oldName = seen.name;
            }
        }
        else
        {
            if (seen.running)
                out.push_back(synthesised(Type::die, id, seen.name));
            if (seen.running)
                out.back().exitCode = -1;
            out.push_back(synthesised(Type::destroy, id, seen.name));
        }
        each = instances_.erase(each);
    }
}

void EventPicture::compareInstance(const ObservedInstance& live, std::vector<Event>& out)
{
    const auto tell = [&](Type type) -> Event& { return out.emplace_back(synthesised(type, live.id, live.name)); };
    const auto found = instances_.find(live.id);
    const bool isNew = found == instances_.end();
    const Seen now = seenOf(live);
    const Seen before = std::exchange(instances_[live.id], now);
    if (isNew)
        tell(Type::create);
    else if (before.name != now.name)
        tell(Type::rename).oldName = before.name;
    if (!isNew && !before.whole)
        return;

    // A start that was missed is not told behind the end that was seen.
    const bool endIsKnown = !now.running && !before.running && before.endedNanos >= now.startedNanos;
    const bool startedAgain =
        !endIsKnown && (now.startedNanos > before.startedNanos || (now.running && !before.running));
    const auto die = [&](bool last)
    {
        if (last && live.oomKilled)
            tell(Type::oom);
        tell(Type::die).exitCode = last ? live.exitCode : -1;
    };
    if (before.running && (startedAgain || !now.running))
        die(!startedAgain);
    if (startedAgain)
        tell(Type::start).timeNanos = now.startedNanos;
    if (startedAgain && !now.running)
        die(true);

    const bool wasPaused = before.paused && !startedAgain && now.running;
    if (wasPaused != now.paused)
        tell(now.paused ? Type::pause : Type::unpause);
    if (now.running && (now.health == "healthy" || now.health == "unhealthy") &&
        (startedAgain || now.health != before.health))
        tell(Type::health).health = now.health;
    if (!isNew && before.limits && before.limits != now.limits)
        tell(Type::update);
    // Those of one that does not run are not events: they come when it starts.
    if (before.running && now.running && !startedAgain)
    {
        tellMissing(now.networks, before.networks, synthesised(Type::networkConnect, live.id, live.name), out);
        tellMissing(before.networks, now.networks, synthesised(Type::networkDisconnect, live.id, live.name), out);
    }
}

void EventPicture::compareStrangers(const std::vector<Foreign>& foreign, std::vector<Event>& out)
{
    std::map<std::string, std::string> now;
    for (const auto& each : foreign)
        if (each.name.starts_with(prefix_))
            now.emplace(each.id, each.name);
    for (const auto& [id, name] : strangers_)
        if (!now.contains(id))
            out.push_back(synthesised(Type::nameFreed, id, name));
    for (const auto& [id, name] : now)
        if (const auto before = strangers_.find(id); before == strangers_.end() || before->second != name)
            out.push_back(synthesised(Type::nameTaken, id, name));
    strangers_ = std::move(now);
}

void EventPicture::compareNetworks(const std::vector<ObservedNetwork>& networks, std::vector<Event>& out)
{
    std::set<std::string> now;
    for (const auto& each : networks)
        now.insert(each.spec.name.text);
    tellMissing(now, networks_, synthesised(Type::networkCreate, "", ""), out);
    tellMissing(networks_, now, synthesised(Type::networkDestroy, "", ""), out);
    networks_ = std::move(now);
}

}
