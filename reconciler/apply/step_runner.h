#pragma once

#include "apply/apply.h"
#include "apply/image_store.h"
#include "apply/ready_watcher.h"

#include <optional>
#include <string>

namespace mcpctl
{

/// What the steps of one run share.
struct RunContext
{
    const DesiredState& desired;
    McpOrchestrator& orchestrator;
    const ApplyOptions& options;
    ImageStore& images;
    const ReadyWatcher* watcher; ///< null when no step waits
    std::stop_token stop;
};

struct Ran
{
    std::optional<std::string> started; ///< an instance that was started and has not been waited for
    std::string note;                   ///< what an instance that was waited for says of itself
};

/// Runs the actions of a step, in order. Throws OrchestratorError at the first that fails.
Ran runActions(const Step& step, const RunContext& context);

/// Waits until the instance that was started for `want` is ready, in the way that it declares.
Readiness waitUntilReady(const std::string& id, const DesiredInstance& want, const RunContext& context);

/// Whether running `step` needs a ReadyWatcher.
bool needsWatcher(const Step& step, bool wait);

}
