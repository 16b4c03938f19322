#pragma once

#include "app/log_lines.h"
#include "orchestrator/log_follower.h"
#include "orchestrator/orchestrator.h"

#include <stop_token>
#include <string>
#include <vector>

namespace mcpctl
{

/// Whose log is wanted, and what of it.
struct LogSource
{
    std::string name;
    std::string id;
    LogOptions options; ///< `follow` and `timestamps` do not count; `tail` counts whole lines of what is wanted
};

/// What became of a source.
struct LogEnd
{
    LogPosition position; ///< where a follower goes on
    std::string error;    ///< why it could not be read; empty: it was
};

/// Hands out what the logs hold now, by time. `source`: position in the list. False: enough.
using MergedSink = std::function<bool(std::size_t source, const LogLine& line)>;

/// Reads all sources at once, and no more of each than the merge needs: memory is bounded, whatever they hold, except
/// for the lines of a `tail`. The result has one end for each source; one that cannot be read stops no other.
std::vector<LogEnd> readLogs(const OrchestratorView& view, const std::vector<LogSource>& sources,
                             const MergedSink& sink, const std::stop_token& stop);

}
