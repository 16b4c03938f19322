#pragma once

#include "app/options.h"
#include "validate/policy.h"

namespace mcpctl
{

/// What the policy has to know of the world: today's date, the engine's socket, and where paths of its
/// host lead. Of an engine that is not on this machine, no path can be told. Asks no engine.
PolicyContext policyContext(const GlobalOptions& global);

}
