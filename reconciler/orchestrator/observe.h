#pragma once

#include "model/observed_state.h"
#include "orchestrator/orchestrator.h"

#include <map>
#include <string>

namespace mcpctl
{

/// What a registry said of an image that is pulled always.
struct RegistryAnswer
{
    std::string pin;   ///< as ObservedState::pins has it
    std::string error; ///< why there is none
};
using RegistryAnswers = std::map<std::string, RegistryAnswer>; ///< by reference

/// Everything that diff() needs to know about the engine, for `desired`: one list, one inspection per
/// instance of ours, one per distinct image, the networks. Complete or an exception.
/// With pullPolicy `always` the registry is asked for what is not in `known`, and its answer added there; one that does
/// not answer is left out of ObservedState::pins and told in ObservedState::notes.
ObservedState observe(const OrchestratorView& view, const DesiredState& desired, RegistryAnswers& known);
ObservedState observe(const OrchestratorView& view, const DesiredState& desired);

}
