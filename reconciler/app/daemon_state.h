#pragma once

#include "model/desired_state.h"
#include "model/mcp_status.h"
#include "model/observed_state.h"
#include "model/plan.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mcpctl
{

/// An instance that failed so often that it is left alone for a while.
struct BackedOff
{
    int failures = 0;
    std::int64_t untilMicros = 0; ///< since the epoch
    std::string why;              ///< what failed last; secrets are masked
};

/// One pass of the daemon.
struct PassSummary
{
    enum class Result
    {
        none,        ///< there was none yet
        done,        ///< all that could be done now is
        failed,      ///< a step failed; tried again later
        invalid,     ///< the manifests have errors: the last good ones were healed
        guarded,     ///< the prune guard: nothing was changed
        unreachable, ///< the engine is away
        locked,      ///< somebody else is changing this project
    };

    Result result = Result::none;
    std::string trigger; ///< `start`, `manifests`, `engine`, `resync`, `asked`, `retry`
    std::int64_t begunMicros = 0;
    std::int64_t endedMicros = 0;
    std::size_t steps = 0; ///< of its plan
    std::string error;     ///< in a sentence; empty when done
};

/// What a server said when it was asked whether it is well.
struct ServerHealth
{
    bool ready = false;
    std::string why;
    std::int64_t sinceMicros = 0;
    std::optional<ProbeResult> mcp; ///< of one that speaks MCP
};

/// What the daemon knows of itself and of the world, at one moment.
struct DaemonState
{
    std::string project;
    std::string folder;   ///< of the manifests
    std::string revision; ///< their git commit, `-dirty` behind it; empty: none
    std::string engineId; ///< empty: it was not reached yet
    std::int64_t startedMicros = 0;

    std::vector<std::string> manifestErrors; ///< `file:line:column: error: ...`; the last good manifests are in force
    std::string sourceError;                 ///< why the newest manifests cannot be fetched; empty: they are
    std::string engineError;                 ///< why the engine does not answer; empty: it does
    std::string guard;                       ///< why the plan is not run; empty: it is

    std::vector<ObservedInstance>
        instances; ///< of the project, by name; without secrets: spec.env and secretFiles are empty
    std::vector<Foreign> unmanaged;
    std::shared_ptr<const DesiredState> desired; ///< what is in force; without secrets. Null: nothing yet
    std::map<std::string, ServerHealth> health;  ///< by instance name; those that were asked
    Plan plan;                                   ///< what the last look found to do, and what it could not do
    std::map<std::string, BackedOff> backoffs;   ///< by instance name

    PassSummary lastPass;
    std::int64_t lastSuccessMicros = 0; ///< of a pass that was done, or had nothing to do

    /// Has it seen the engine and the manifests, and does it see them now?
    bool ready() const { return lastSuccessMicros != 0 && engineError.empty(); }
};

using DaemonStateSource = std::function<std::shared_ptr<const DaemonState>()>;

}
