#include "diff/diff.h"

#include "diff/differences.h"
#include "diff/instance.h"
#include "diff/network.h"
#include "model/gateways.h"
#include "model/publications.h"
#include "model/secrets.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

Step pruneStep(const std::string& name, const InstanceGroup& group)
{
    Step step{Step::Phase::prune, name, {}, {}, "no longer declared", {}};
    // Leftovers first: a crash in between leaves the one that people know.
    for (const auto& list : {group.news, group.olds})
        for (const auto* instance : list)
            step.actions.push_back(action::Remove{instance->id, instance->name});
    if (group.current != nullptr)
        step.actions.push_back(action::Remove{group.current->id, group.current->name});
    return step;
}

bool keptFromPruning(const InstanceGroup& group)
{
    const auto disabled = [](const ObservedInstance* instance) { return instance->marks.pruneDisabled; };
    return (group.current != nullptr && disabled(group.current)) ||
           std::any_of(group.news.begin(), group.news.end(), disabled) ||
           std::any_of(group.olds.begin(), group.olds.end(), disabled);
}

void planPrune(const DesiredState& desired, const ObservedState& observed,
               const std::map<std::string, InstanceGroup>& groups, Plan& plan)
{
    bool instancesKept = false;
    for (const auto& [name, group] : groups)
    {
        if (desired.instances.count(InstanceName(name)) > 0)
            continue;
        if (!keptFromPruning(group))
        {
            plan.steps.push_back(pruneStep(name, group));
            continue;
        }
        instancesKept = true;
        plan.notes.push_back(fmt::format("{}: no longer declared, and kept: pruning is disabled for it", name));
    }
    for (const auto& [name, network] : observed.networks)
        if (network.ours && !instancesKept && network.ownerProject == desired.project.text &&
            desired.networks.count(name) == 0)
            plan.steps.push_back(
                {Step::Phase::prune, name.text, {action::RemoveNetwork{network.id}}, {}, "no longer declared", {}});
}

bool isUp(const ObservedInstance& instance)
{
    return instance.state == RunState::running || instance.state == RunState::restarting ||
           instance.state == RunState::paused;
}

bool starts(const Step& step)
{
    return has<action::Create>(step) || has<action::Replace>(step) || has<action::Start>(step);
}

/// What is pruned goes last, and only when nothing failed before. So where it holds a port that `step`
/// needs, as after a change of name, it has to be stopped first, or neither would ever happen.
void freePorts(const DesiredInstance& want, const std::vector<const ObservedInstance*>& leaving, Step& step)
{
    if (!starts(step))
        return;
    for (const auto& port : want.spec.publications)
        for (const auto* holder : leaving)
            if (std::any_of(holder->spec.publications.begin(), holder->spec.publications.end(),
                            [&](const Publication& held) { return clash(held, port); }))
            {
                step.actions.insert(step.actions.begin(), action::Suspend{holder->id});
                step.because += fmt::format("; {}, which is no longer declared, holds its port {} and is stopped first",
                                            holder->name, port.hostPort);
            }
}

/// Those that will be pruned and run until then.
std::vector<const ObservedInstance*> leavingInstances(const DesiredState& desired,
                                                      const std::map<std::string, InstanceGroup>& groups)
{
    std::vector<const ObservedInstance*> leaving;
    for (const auto& [name, group] : groups)
    {
        if (desired.instances.count(InstanceName(name)) > 0 || keptFromPruning(group))
            continue;
        for (const auto& list : {group.news, group.olds, {group.current}})
            std::copy_if(list.begin(), list.end(), std::back_inserter(leaving),
                         [](const auto* instance) { return instance != nullptr && isUp(*instance); });
    }
    return leaving;
}

/// Where others than the container's user and the reconciler's cannot look.
std::vector<std::string> hiddenFiles(const InstanceGroup& group)
{
    if (group.current == nullptr || !group.current->secretFilesHidden)
        return {};
    return {fmt::format("{}: its files of secrets cannot be read here, so whether they changed is unknown",
                        group.current->name)};
}

std::vector<std::string> unknownSecrets(const DesiredInstance& want)
{
    std::vector<std::string> notes;
    forEachSecret(want.spec,
                  [&](const std::string& key, const EnvValue& value)
                  {
                      if (!value.resolved)
                          notes.push_back(fmt::format(
                              "{}: secret `{}` cannot be read here, so whether {} changed is unknown{}", want.name.text,
                              *value.secretName, key, value.why.empty() ? "" : ": " + value.why));
                  });
    return notes;
}

}

Plan diff(const DesiredState& desired, const ObservedState& observed, const DiffOptions& options)
{
    const auto groups = groupInstances(observed.instances);

    Plan plan;
    plan.project = desired.project;
    plan.engineId = observed.engineId;
    plan.desiredDigest = digestOf(desired);
    plan.ownedInstances = static_cast<std::size_t>(std::count_if(
        groups.begin(), groups.end(), [&](const auto& group) { return !isGateway(group.first, desired.project); }));
    plan.notes = observed.notes;
    for (const auto& foreign : observed.foreign)
        if (!foreign.why.empty())
            plan.notes.push_back(fmt::format("{}: not touched: {}", foreign.name, foreign.why));

    std::set<NetworkName> blockedNetworks;
    for (const auto& [name, network] : desired.networks)
        if (auto step = planNetwork(network, observed))
        {
            if (verbOf(*step) == "blocked")
                blockedNetworks.insert(name);
            plan.steps.push_back(std::move(*step));
        }

    const auto leaving = options.prune ? leavingInstances(desired, groups) : std::vector<const ObservedInstance*>{};
    static const InstanceGroup none;
    for (const auto& [name, want] : desired.instances)
    {
        const auto group = groups.find(name.text);
        const auto& there = group == groups.end() ? none : group->second;
        if (auto step = planInstance(want, there, observed, blockedNetworks))
        {
            freePorts(want, leaving, *step);
            plan.steps.push_back(std::move(*step));
        }
        for (auto& notes : {unknownSecrets(want), hiddenFiles(there)})
            plan.notes.insert(plan.notes.end(), notes.begin(), notes.end());
    }

    if (options.prune)
        planPrune(desired, observed, groups, plan);
    return plan;
}

}
