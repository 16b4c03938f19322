#pragma once

#include "support/fleet.h"

#include <functional>
#include <string>
#include <vector>

namespace mcpctl::test
{

/// A fleet that one pass has something to do for: what every matrix of faults goes through.
struct Scenario
{
    std::string name;
    std::function<void(Fleet&)> prepare; ///< until the pass that meets a fault
    bool converges = true;               ///< false: a new image never gets ready, and the old one has to be back
};

/// Each kind of change, alone and together with others, and what an interrupted one leaves.
const std::vector<Scenario>& scenarios();

}
