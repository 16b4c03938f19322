#pragma once

#include "model/desired_state.h"
#include "model/observed_state.h"
#include "model/plan.h"

#include <optional>

namespace mcpctl
{

/// What one network needs; nothing when it is as declared. One that is there and otherwise is made anew: ours are
/// disconnected, and connected again to the new one, while they run. Blocked where that would touch what is not ours.
std::optional<Step> planNetwork(const DesiredNetwork& want, const ObservedState& observed);

}
