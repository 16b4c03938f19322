#pragma once

#include "model/plan.h"

#include <cstddef>
#include <optional>
#include <string>

namespace mcpctl
{

struct PruneLimits
{
    bool allowEmpty = false;         ///< an empty desired state may remove everything
    std::optional<std::size_t> most; ///< `--prune-max`: how many instances may go at once
};

/// Instances that `plan` removes because they are no longer declared; gateways go with those they served.
std::size_t prunedInstances(const Plan& plan);

/// Why `plan` must not run as it is: it empties the project without `allowEmpty`, or removes more than
/// 3 instances and more than 30 % of the project's without `most` saying so, or more than `most`.
/// Nothing when it may run. `desiredInstances` is how many are declared.
std::optional<std::string> pruneGuard(const Plan& plan, std::size_t desiredInstances, const PruneLimits& limits);

}
