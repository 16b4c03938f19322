#pragma once

#include "model/desired_state.h"
#include "model/observed_state.h"
#include "model/plan.h"

#include <optional>
#include <vector>

namespace mcpctl
{

/// All containers that were made for one instance. A replace under way has more than one.
struct InstanceGroup
{
    const ObservedInstance* current = nullptr; ///< the one that has the instance's name
    std::vector<const ObservedInstance*> news; ///< `NAME.new-...`: made, and not yet in place
    std::vector<const ObservedInstance*> olds; ///< `NAME.old-...`, the newest first: kept until the new one is ready
};

/// By the instance they were made for.
std::map<std::string, InstanceGroup> groupInstances(const std::vector<ObservedInstance>& ours);

/// What one instance needs; nothing when it is as declared. `blockedNetworks` are those that cannot
/// be had as declared: nothing new is made on them.
std::optional<Step> planInstance(const DesiredInstance& want, const InstanceGroup& group, const ObservedState& observed,
                                 const std::set<NetworkName>& blockedNetworks);

}
