#pragma once

#include "model/scrub.h"
#include "orchestrator/orchestrator.h"

namespace mcpctl
{

/// Masks what may be secret of a live instance in texts that come from it. Nobody but a manifest knows which
/// values are secrets, so every value of its environment counts that its image did not bring along.
Scrubber liveSecrets(const OrchestratorView& view, const ObservedInstance& instance);

}
