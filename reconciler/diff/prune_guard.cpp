#include "diff/prune_guard.h"

#include "model/gateways.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

std::size_t prunedInstances(const Plan& plan)
{
    return static_cast<std::size_t>(std::count_if(plan.steps.begin(), plan.steps.end(),
                                                  [&](const Step& step) {
                                                      return step.phase == Step::Phase::prune &&
                                                             verbOf(step) == "remove" &&
                                                             !isGateway(step.object, plan.project);
                                                  }));
}

std::optional<std::string> pruneGuard(const Plan& plan, std::size_t desiredInstances, const PruneLimits& limits)
{
    const auto pruned = prunedInstances(plan);
    if (pruned == 0)
        return std::nullopt;
    if (desiredInstances == 0 && !limits.allowEmpty)
        return fmt::format("the manifests declare no instance, and that would remove all {} of project {}; "
                           "if that is meant, say --allow-empty",
                           pruned, plan.project.text);
    if (limits.most)
    {
        if (pruned > *limits.most)
            return fmt::format("{} instances would be removed, and --prune-max allows {}", pruned, *limits.most);
        return std::nullopt;
    }
    if (desiredInstances > 0 && pruned > 3 && pruned * 100 > plan.ownedInstances * 30)
        return fmt::format("{} of the project's {} instances would be removed at once; "
                           "if that is meant, say --prune-max {}",
                           pruned, plan.ownedInstances, pruned);
    return std::nullopt;
}

}
