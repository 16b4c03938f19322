#pragma once

#include "orchestrator/orchestrator.h"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace mcpctl::test
{

/// Hands events to those who listen, each on its own thread. Any thread may call any member.
class MemoryEvents
{
public:
    /// As OrchestratorView::subscribeEvents: returns when stopped, throws when the stream breaks.
    void listen(const std::string& project, const EventSink& sink, const std::stop_token& stop);

    /// `project`: of the instance; empty for one that is of none. Names taken and freed are told to the others.
    /// Times are made distinct.
    void tell(const std::string& project, Event event);

    /// What listeners of `project` could have heard from `since` to `until`, as far as it is remembered.
    std::vector<Event> remembered(const std::string& project, std::int64_t since, std::int64_t until) const;

    /// Whatever was told so far is no more remembered.
    void forget();

    /// Returns when every listener has dealt with everything told so far.
    void settle();

    /// Breaks all streams that are open now.
    void breakStreams(const std::string& why);

    std::size_t listeners() const;

private:
    struct Told
    {
        std::string project;
        Event event;

        bool concerns(const std::string& listener) const;
    };

    struct Listener
    {
        std::size_t next = 0; ///< position in told_ of what it has not dealt with
        std::string broken;
    };

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<Told> told_;                                       ///< guarded by mutex_
    std::size_t forgotten_ = 0;                                    ///< how many of them; guarded by mutex_
    std::map<std::uint64_t, std::shared_ptr<Listener>> listeners_; ///< guarded by mutex_
    std::uint64_t nextListener_ = 0;                               ///< guarded by mutex_
};

}
