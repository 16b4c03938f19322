#pragma once

#include "app/options.h"
#include "app/pipeline.h"

#include <optional>
#include <stdexcept>
#include <string>

namespace mcpctl
{

/// A plan on disk: what was shown, and how to make it again. It holds no secret.
struct SavedPlan
{
    ReconcileOptions options; ///< what it was made with
    std::string project;
    std::string engine;  ///< id
    std::string desired; ///< digest of the declared state
    std::string steps;   ///< canonical JSON of the steps
};

/// The file is not there, is no plan, or is damaged.
class SavedPlanError : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// Writes `plan` to `file` at once: a full disk or a crash leaves what was there before. Throws SavedPlanError where it
/// cannot, also for paths that are no UTF-8, which JSON cannot hold.
void savePlan(const std::string& file, const Plan& plan, const ReconcileOptions& options);

/// Whether `path` looks like a saved plan and not like a manifest.
bool isSavedPlan(const std::string& path);

SavedPlan readPlan(const std::string& file);

/// Why `now` is not what was saved; nothing when it is, step for step.
std::optional<std::string> staleness(const SavedPlan& saved, const Plan& now);

}
