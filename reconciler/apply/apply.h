#pragma once

#include "apply/ready_watcher.h"
#include "model/desired_state.h"
#include "model/outcome.h"
#include "model/plan.h"
#include "orchestrator/orchestrator.h"

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>

namespace mcpctl
{

/// Asks the server that runs as `id` whether it is ready, in the way that `want` declares (AskReady).
using ReadinessProbe =
    std::function<Readiness(const std::string& id, const DesiredInstance& want, const std::stop_token& stop)>;

struct ApplyOptions
{
    std::size_t workers = 8; ///< servers at a time; more gains nothing on one engine (measured)
    bool wait = true;        ///< hold until every server is ready. A replace always waits for its own.
    ReadyWatcher::Times times;
    ReadinessProbe probe; ///< for every health check but `none`; null: whatever runs and settles is ready
    std::string revision; ///< of the manifests, for the marks; may be empty
};

/// What happens while a plan runs, for those who watch.
struct Progress
{
    enum class Kind
    {
        begun,
        pulling, ///< `text` says what and how far
        waiting, ///< started, not ready yet
        ended,   ///< `outcome` is set
    };

    Kind kind = Kind::begun;
    const Step* step = nullptr; ///< null for `pulling`: an image may serve many steps
    std::string text;
    const Outcome* outcome = nullptr;
};

/// Called from several threads, one at a time.
using ProgressSink = std::function<void(const Progress&)>;

/// Runs `plan` as it is and decides nothing: networks first, then servers in parallel, prune last, and
/// only when nothing failed before it. One step that fails never stops the others. `desired` is what
/// the plan was made from.
///
/// Every failure of the world becomes the outcome of its step, with secrets masked. When stopped, no
/// further step begins and those in hand are left in a state that the next run understands.
Outcomes apply(const Plan& plan, const DesiredState& desired, McpOrchestrator& orchestrator,
               const ApplyOptions& options, const ProgressSink& progress, const std::stop_token& stop);

}
