#include "support/trial.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl::test
{

namespace
{

/// Those that run or could: a dead one is nothing to keep.
std::set<std::string> instancesOf(const World& world, const ProjectName& project)
{
    std::set<std::string> out;
    for (const auto& [id, container] : world.containers)
        if (isOurs(container, project) && container.state != RunState::dead)
            out.insert(container.marks->instance);
    return out;
}

/// Two that look like ours and are not, and a network.
void addStrangers(Fleet& fleet)
{
    Marks theirs;
    theirs.project = "other";
    theirs.instance = "other-dev-memory";
    fleet.addForeign(theirs.instance, theirs);
    fleet.addForeign("mcpctl-dev-memory-by-hand");
    auto network = declaredNetwork("by-hand");
    network.owner = ProjectName("other");
    fleet.engine.change([&](World& world) { world.networks.push_back({"by-hand", network, true}); });
}

}

Trial::Trial(const Scenario& scenario) : scenario_(scenario)
{
    addStrangers(fleet);
    scenario.prepare(fleet);
    const auto world = fleet.engine.world();
    strangers_ = unownedOf(world, fleet.desired.project);
    for (const auto& name : instancesOf(world, fleet.desired.project))
        if (fleet.desired.instances.contains(InstanceName(name)))
            served_.insert(name);
}

std::string Trial::wrongNow() const
{
    const auto world = fleet.engine.world();
    const auto still = unownedOf(world, fleet.desired.project);
    if (still.containers != strangers_.containers)
        return "a container that is not ours was touched";
    for (const auto& network : strangers_.networks)
        if (std::find(still.networks.begin(), still.networks.end(), network) == still.networks.end())
            return "a network that is not ours was touched: " + network.spec.name.text;
    const auto there = instancesOf(world, fleet.desired.project);
    for (const auto& name : served_)
        if (!there.contains(name))
            return "lost: " + name;
    return "";
}

std::string Trial::wrongNowOrAfterNextPass()
{
    const auto wrong = wrongNow();
    return wrong.empty() ? wrongAfter(fleet.apply()) : wrong;
}

std::string Trial::wrongAfter(const Outcomes& outcomes) const
{
    if (auto wrong = wrongNow(); !wrong.empty())
        return wrong;
    auto asked = fleet.desired;
    if (!scenario_.converges) // what has to run is what ran before
        asked.instances.at(InstanceName("mcpctl-dev-memory")).spec.image = appImage;
    const auto complaints = judge(asked, fleet.engine.world());
    const auto after = scenario_.converges ? fleet.plan() : Plan{};
    if (complaints.empty() && after.steps.empty())
        return "";
    return fmt::format("{}\n{}{}", fmt::join(complaints, "\n"), describe(outcomes), renderPlan(after));
}

}
