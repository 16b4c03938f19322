#pragma once

#include "support/faulty_orchestrator.h"
#include "support/memory_orchestrator.h"

#include <mutex>
#include <random>
#include <vector>

namespace mcpctl::test
{

/// An engine in memory whose events get lost, come twice, late or in another order, and whose streams break, also
/// between the subscription and the look that follows it; what it remembers of the past has holes. The same for the
/// same seed and the same order of calls.
class UnreliableEvents : public FaultyOrchestrator
{
public:
    UnreliableEvents(MemoryOrchestrator& real, std::uint64_t seed)
        : FaultyOrchestrator(real), engine_(real.engine()), random_(seed)
    {
    }

    void subscribeEvents(const ProjectName& project, const EventSink& sink, std::stop_token stop) const override;
    std::int64_t eventsBetween(const ProjectName& project, std::int64_t sinceNanos,
                               std::optional<std::int64_t> untilNanos, const EventSink& sink) const override;

private:
    bool chance(int percent) const;
    /// What is passed on for `event`; `held` waits for later.
    std::vector<Event> mangled(const Event& event, std::vector<Event>& held) const;

    MemoryEngine& engine_;
    mutable std::mutex mutex_;
    mutable std::mt19937_64 random_; ///< guarded by mutex_
};

}
