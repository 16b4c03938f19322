#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace mcpctl
{

/// Turns SIGINT and SIGTERM into a stop request; the second one ends the process at once. So does SIGHUP, the terminal
/// that went, unless a daemon takes it for itself. Make it before any other thread: they inherit the blocked signals.
class Signals
{
public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    std::stop_token stopToken() const { return stop_.get_token(); }
    /// Of the signal that asked for the stop; 0 before.
    int number() const { return number_; }
    /// Says nothing when a signal comes: for commands in whose hands nothing is half done.
    void beQuiet() { quiet_ = true; }

    /// From now on SIGHUP calls `asked`, on a thread of its own, and stops nothing.
    void onHangUp(std::function<void()> asked);

private:
    void onSignal(int number);

    std::stop_source stop_;
    std::mutex mutex_;
    std::function<void()> hangUp_; ///< guarded by mutex_
    std::atomic<int> number_{0};
    std::atomic<bool> quiet_{false};
    std::jthread waiter_;
};

}
