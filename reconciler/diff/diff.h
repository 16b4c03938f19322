#pragma once

#include "model/desired_state.h"
#include "model/observed_state.h"
#include "model/plan.h"

/// The decision between two I/O steps. Pure: no call, no clock, no log, and the same input gives the
/// same plan, byte for byte.
namespace mcpctl
{

struct DiffOptions
{
    /// Remove what is ours and no longer declared. Off where only a part of the project was read.
    bool prune = true;
};

/// What has to be done so that `observed` becomes `desired`, and nothing more: for each object the
/// least disruptive actions, each difference with its verdict and the place of its declaration.
///
/// Half-finished replaces are recognised by their names and are undone or finished. What is not ours
/// is never part of an action; where it is in the way the step is Blocked and says by whom.
Plan diff(const DesiredState& desired, const ObservedState& observed, const DiffOptions& options);

}
