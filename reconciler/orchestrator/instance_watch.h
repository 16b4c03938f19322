#pragma once

#include "orchestrator/orchestrator.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace mcpctl
{

/// Tells those who follow instances by name when it is worth to look at one again, and what is there then. It listens
/// to the engine's events and goes on listening when their stream breaks. An event is but a hint: what counts is what a
/// look shows, so one that is missed costs time and nothing else.
///
///     const auto seen = watch.changes(name);   // first, so that no change falls between
///     look(watch.find(name)); ...
///     watch.awaitChange(name, seen, limit, stop);
///
/// Thread-safety: every member may be called from several threads at once.
class InstanceWatch
{
public:
    InstanceWatch(const OrchestratorView& view, const ProjectName& project);
    ~InstanceWatch() = default;
    InstanceWatch(const InstanceWatch&) = delete;
    InstanceWatch& operator=(const InstanceWatch&) = delete;

    /// How many times something happened to the instance of that name, or may have.
    std::uint64_t changes(const std::string& name) const;

    /// Returns when changes(name) is no longer `seen`, after `limit`, or when stopped.
    void awaitChange(const std::string& name, std::uint64_t seen, std::chrono::milliseconds limit,
                     const std::stop_token& stop) const;

    /// The id of the instance that has this name now, or that had it until a replace set it aside; empty: there is
    /// none. Those who ask at the same time share one look at the engine. Throws OrchestratorError when it cannot be
    /// asked.
    std::string find(const std::string& name);

private:
    using Clock = std::chrono::steady_clock;

    void listen(const std::stop_token& stop);
    void note(const Event& event);

    const OrchestratorView& view_;
    const ProjectName project_;

    mutable std::mutex mutex_;
    mutable std::condition_variable_any changed_;
    std::uint64_t all_ = 0;                         ///< changes that may have been to any; guarded by mutex_
    std::map<std::string, std::uint64_t> counts_{}; ///< by instance name; guarded by mutex_
    std::uint64_t events_ = 0;                      ///< of all instances; guarded by mutex_

    std::mutex lookMutex_;
    std::map<std::string, std::string> ids_{}; ///< by name; guarded by lookMutex_
    std::uint64_t lookedAt_ = 0;               ///< the count of events when `ids_` was asked for; likewise
    Clock::time_point goodUntil_{};            ///< likewise

    std::jthread listener_; ///< last: it uses all of the above
};

}
