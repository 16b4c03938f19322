#pragma once

#include "app/daemon_state.h"
#include "app/engine.h"
#include "model/outcome.h"
#include "record/recorder.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace mcpctl
{

class MetricsText;

/// Counts what the daemon does, and tells it with how things stand. Any thread.
class Metrics
{
public:
    /// The upper bounds of the histogram of passes, in seconds.
    static constexpr std::array<double, 10> bounds{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60};

    Metrics();

    void passEnded(PassSummary::Result result, std::chrono::nanoseconds took);
    void changeEnded(const Outcome& outcome);
    /// The egress gateway did not let this server out.
    void egressDenied(const std::string& instance);

    /// The Prometheus text format, version 0.0.4.
    std::string render(const DaemonState& state, const EngineStatistics& engine,
                       const Recorder::Status& recorder) const;

private:
    struct Counts
    {
        std::map<PassSummary::Result, std::uint64_t> passes;
        std::array<std::uint64_t, bounds.size() + 1> passesUpTo{}; ///< by bound, the last without one; not cumulated
        double passSeconds = 0;
        std::map<std::pair<std::string, Outcome::Result>, std::uint64_t> changes; ///< by verb and result
        std::map<std::string, std::uint64_t> denials;                             ///< by instance
    };

    void tellCounts(MetricsText& out) const;

    mutable std::mutex mutex_;
    Counts counts_; ///< guarded by mutex_
};

}
