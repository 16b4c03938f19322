#pragma once

#include "app/options.h"
#include "model/desired_state.h"
#include "model/observed_state.h"

namespace mcpctl
{

/// The ports that `desired` publishes, that no instance of ours has now, and on which something listens on this host.
/// None where this is not the engine's host, or its network is not that of this process: nobody can tell then.
std::set<Publication> portsInUse(const DesiredState& desired, const ObservedState& observed,
                                 const GlobalOptions& global);

}
