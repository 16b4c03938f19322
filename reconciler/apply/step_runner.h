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

/// Runs the actions of a step, in order. Throws OrchestratorError at the first that fails.
/// Returns the id of an instance that was started and has not been waited for.
std::optional<std::string> runActions(const Step& step, const RunContext& context);

/// Whether running `step` needs a ReadyWatcher.
bool needsWatcher(const Step& step, bool wait);

}
