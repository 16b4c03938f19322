#pragma once

#include "model/desired_state.h"
#include "model/fields.h"
#include "model/observed_state.h"
#include "model/plan.h"

#include <vector>

namespace mcpctl
{

/// How a live instance differs from what is declared, and how little mends it.
struct Differences
{
    std::vector<Change> changes;
    bool replace = false;
    bool update = false;              ///< limits or restart policy
    bool reload = false;              ///< configuration files
    std::set<NetworkName> disconnect; ///< in this order: off, then on
    std::map<NetworkName, std::set<std::string>> connect;
};

/// Compares the image and every field of the table; the run state is planInstance()'s.
Differences compareInstance(const DesiredInstance& want, const ObservedInstance& live, const ObservedState& observed);

}
