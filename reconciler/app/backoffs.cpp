#include "app/backoffs.h"

#include "model/timestamp.h"

#include <algorithm>

namespace mcpctl
{

std::chrono::milliseconds Backoffs::failed(const std::string& instance, const std::string& why, Clock::time_point now)
{
    auto& entry = entries_[instance];
    auto wait = times_.first;
    for (int i = 0; i < entry.failures && wait < times_.longest; ++i)
        wait = std::min(wait * 2, times_.longest);
    ++entry.failures;
    entry.last = now;
    entry.until = now + wait;
    entry.why = why;
    return wait;
}

void Backoffs::ended(const std::string& instance, const std::string& why, Clock::time_point now)
{
    auto& entry = entries_[instance];
    entry.last = now;
    entry.until = std::max(entry.until, now + times_.first);
    entry.why = why;
}

bool Backoffs::holds(const std::string& instance, Clock::time_point now) const
{
    const auto found = entries_.find(instance);
    return found != entries_.end() && found->second.until > now;
}

std::optional<Backoffs::Clock::time_point> Backoffs::next(Clock::time_point looked) const
{
    std::optional<Clock::time_point> out;
    for (const auto& [instance, entry] : entries_)
        if (entry.until > looked)
            out = out ? std::min(*out, entry.until) : entry.until;
    return out;
}

void Backoffs::forget(Clock::time_point now)
{
    std::erase_if(entries_,
                  [&](const auto& each) { return each.second.until <= now && each.second.last + times_.reset <= now; });
}

std::map<std::string, BackedOff> Backoffs::shown(Clock::time_point now) const
{
    std::map<std::string, BackedOff> out;
    for (const auto& [instance, entry] : entries_)
        if (entry.until > now)
            out.emplace(instance,
                        BackedOff{entry.failures,
                                  nowMicros() +
                                      std::chrono::duration_cast<std::chrono::microseconds>(entry.until - now).count(),
                                  entry.why});
    return out;
}

}
