#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace mcpctl
{

/// Turns SIGINT and SIGTERM into a stop request; the second one ends the process at once. Make it
/// before any other thread: they inherit the blocked signals.
class Signals
{
public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    std::stop_token stopToken() const { return stop_.get_token(); }

    /// Stopping is nothing to be told of: nothing is in hand.
    void beQuiet() { quiet_ = true; }

private:
    std::stop_source stop_;
    std::atomic<bool> quiet_ = false;
    std::jthread waiter_;
};

}
