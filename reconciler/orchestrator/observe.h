#pragma once

#include "model/observed_state.h"
#include "orchestrator/orchestrator.h"

namespace mcpctl
{

/// Everything that diff() needs to know about the engine, for `desired`: one list, one inspection per
/// instance of ours, one per distinct image, the networks. Complete or an exception.
/// With pullPolicy `always` the registry is asked; one that does not answer is left out of
/// ObservedState::pins and told in ObservedState::notes.
ObservedState observe(const OrchestratorView& view, const DesiredState& desired);

}
