#pragma once

#include "apply/ready_watcher.h"
#include "model/outcome.h"
#include "orchestrator/orchestrator.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

/// Stopping and starting single instances by hand, outside of what is declared.
namespace mcpctl
{

enum class LifecycleVerb
{
    restart,
    stop,
    start,
};

std::string_view toString(LifecycleVerb verb);

struct LifecycleOptions
{
    std::size_t workers = 8;
    std::optional<ReadyWatcher::Times> wait = ReadyWatcher::Times{}; ///< nothing: do not wait until it is ready
};

/// Does `verb` to each of `instances`, several at a time; one that fails does not stop the others. By the
/// position in `instances`; `ended` hears of each as it ends, one call at a time. After a stop request nothing
/// more is begun, and what was not is `skipped`.
///
/// What is already as asked is done. A stopped one is not revived, not even by an engine that starts again;
/// for that its restart policy is taken away, and start gives it back (see policyFor).
Outcomes runLifecycle(LifecycleVerb verb, const std::vector<ObservedInstance>& instances, const ProjectName& project,
                      McpOrchestrator& orchestrator, const LifecycleOptions& options,
                      const std::function<void(const Outcome&)>& ended, const std::stop_token& stop);

/// The restart policy that `instance` shall run with: the one it has; where that was taken away, the one it was
/// made with, which its marks tell; where they do not, none: the next apply repairs it. One that was changed in
/// place since is not in the marks, and is the next apply's matter too.
RestartPolicy policyFor(const ObservedInstance& instance);

}
