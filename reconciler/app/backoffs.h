#pragma once

#include "app/daemon_state.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace mcpctl
{

/// Which instances are left alone for a while, because what was tried with them failed again and again: 1 s after the
/// first failure, then twice as long each time, 5 min at most. Ten minutes after the last failure it is forgotten.
/// For one thread.
class Backoffs
{
public:
    using Clock = std::chrono::steady_clock;

    struct Times
    {
        std::chrono::milliseconds first{1000};
        std::chrono::milliseconds longest{300'000};
        std::chrono::milliseconds reset{600'000};
    };

    explicit Backoffs(Times times) : times_(times) {}

    /// Returns the wait that follows.
    std::chrono::milliseconds failed(const std::string& instance, const std::string& why, Clock::time_point now);
    /// Nothing is wrong with it, but once a `first` is enough: a stdio server that ended with its client.
    void ended(const std::string& instance, const std::string& why, Clock::time_point now);

    bool holds(const std::string& instance, Clock::time_point now) const;
    /// When the next of those that `held` at `looked` may be tried again, which can be over by now; nothing when none
    /// waited.
    std::optional<Clock::time_point> next(Clock::time_point looked) const;
    /// Those that were well for long enough.
    void forget(Clock::time_point now);
    void clear() { entries_.clear(); }

    std::map<std::string, BackedOff> shown(Clock::time_point now) const;

private:
    struct Entry
    {
        int failures = 0;
        Clock::time_point last;
        Clock::time_point until;
        std::string why;
    };

    const Times times_;
    std::map<std::string, Entry> entries_;
};

}
