#include "support/unreliable_events.h"

#include <utility>

namespace mcpctl::test
{

bool UnreliableEvents::chance(int percent) const
{
    const std::lock_guard lock(mutex_);
    return std::uniform_int_distribution<int>(0, 99)(random_) < percent;
}

std::vector<Event> UnreliableEvents::mangled(const Event& event, std::vector<Event>& held) const
{
    if (event.type == Event::Type::subscribed)
        return {event};
    if (chance(25))
        return {};
    if (chance(25))
    {
        held.push_back(event);
        return {};
    }
    std::vector<Event> out(chance(25) ? 2 : 1, event);
    if (chance(50)) // late, and the last one first
        for (auto late = std::exchange(held, {}); !late.empty(); late.pop_back())
            out.push_back(late.back());
    return out;
}

void UnreliableEvents::subscribeEvents(const ProjectName& project, const EventSink& sink, std::stop_token stop) const
{
    std::vector<Event> held;
    FaultyOrchestrator::subscribeEvents(
        project,
        [&](const Event& event)
        {
            if (chance(10))
                engine_.events().breakStreams("cut before it was told");
            for (const auto& each : mangled(event, held))
                sink(each);
            if (chance(5))
                engine_.events().breakStreams("cut after it was told");
        },
        std::move(stop));
}

std::int64_t UnreliableEvents::eventsBetween(const ProjectName& project, std::int64_t sinceNanos,
                                             std::optional<std::int64_t> untilNanos, const EventSink& sink) const
{
    return FaultyOrchestrator::eventsBetween(project, sinceNanos, untilNanos,
                                             [&](const Event& event)
                                             {
                                                 if (!chance(30))
                                                     sink(event);
                                             });
}

}
