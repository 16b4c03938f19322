#include "diff/network.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

/// One way in which a network is not as declared.
struct Difference
{
    Change change;
    std::string because;
};

std::string yesOrNo(bool value)
{
    return value ? "yes" : "no";
}

/// Options of networks leave no mark of who set them, so every difference is drift.
std::vector<Difference> differencesOf(const DesiredNetwork& wanted, const NetworkSpec& live)
{
    const auto& want = wanted.spec;
    std::vector<Difference> out;
    const auto add = [&](std::string field, std::string before, std::string after, std::string because)
    {
        out.push_back({{std::move(field), std::move(before), std::move(after), Verdict::drift, wanted.place},
                       std::move(because)});
    };
    if (want.internal != live.internal)
        add("internal", yesOrNo(live.internal), yesOrNo(want.internal),
            want.internal ? "it has a way out (not internal)" : "it has no way out (internal)");
    if (want.hostAddress != live.hostAddress)
        add("hostAddress", yesOrNo(live.hostAddress), yesOrNo(want.hostAddress),
            want.hostAddress ? "the host has no address on it"
                             : "the host has an address on it, so a server could reach the host");
    if (want.ipv6 != live.ipv6)
        add("ipv6", yesOrNo(live.ipv6), yesOrNo(want.ipv6), "it has IPv6, by which a server could reach the host");
    if (!want.subnet.empty() && want.subnet != live.subnet)
        add("subnet", live.subnet, want.subnet, fmt::format("its subnet is {}, not {}", live.subnet, want.subnet));
    if (want.oddities != live.oddities)
        add("other", fmt::format("{}", fmt::join(live.oddities, ", ")), "",
            fmt::format("it is made otherwise: {}", fmt::join(live.oddities, ", ")));
    return out;
}

/// The one that all projects share may be anybody's work: its name alone says whose business it is.
bool isOurBusiness(const NetworkSpec& want, const ObservedNetwork& live)
{
    return want.owner.empty() || (live.ours && live.ownerProject == want.owner.text);
}

std::vector<std::string> foreignOn(const NetworkName& network, const ObservedState& observed)
{
    std::vector<std::string> names;
    for (const auto& foreign : observed.foreign)
        if (foreign.networks.count(network) > 0)
            names.push_back(foreign.name);
    return names;
}

/// Those that can be moved over to a new network of that name. One whose network is gone already is replaced anyhow.
std::vector<const ObservedInstance*> oursOn(const NetworkName& network, const ObservedState& observed)
{
    std::vector<const ObservedInstance*> out;
    for (const auto& instance : observed.instances)
        if (instance.spec.networks.count(network) > 0 && instance.staleNetworks.count(network) == 0 &&
            instance.state != RunState::dead)
            out.push_back(&instance);
    return out;
}

void makeAnew(const NetworkSpec& want, const ObservedNetwork& live, const ObservedState& observed, Step& step)
{
    const auto ours = oursOn(want.name, observed);
    for (const auto* instance : ours)
        step.actions.push_back(action::Disconnect{instance->id, want.name});
    step.actions.push_back(action::RemoveNetwork{live.id});
    step.actions.push_back(action::EnsureNetwork{want});
    for (const auto* instance : ours)
    {
        // A fixed address stands for as long as the subnet does.
        const auto fixed = instance->spec.fixedAddresses.find(want.name);
        const bool stands = fixed != instance->spec.fixedAddresses.end() && want.subnet == live.spec.subnet;
        step.actions.push_back(action::Connect{instance->id, want.name, instance->spec.networks.at(want.name),
                                               stands ? fixed->second : ""});
    }
    step.because += "; it is made anew";
    if (!ours.empty())
        step.because += fmt::format(", and {} {} over to it", ours.size(),
                                    ours.size() == 1 ? "instance changes" : "instances change");
}

void repair(const DesiredNetwork& want, const ObservedNetwork& live, const ObservedState& observed, Step& step)
{
    if (!isOurBusiness(want.spec, live))
    {
        step.actions = {action::Blocked{}};
        step.because += "; it is not this project's: remove it, then it is made anew";
    }
    else if (const auto foreign = foreignOn(want.spec.name, observed); !foreign.empty())
    {
        step.actions = {action::Blocked{}};
        step.because += fmt::format("; not this project's, and on it: {}; disconnect what is not, then it is made anew",
                                    fmt::join(foreign, ", "));
    }
    else
        makeAnew(want.spec, live, observed, step);
}

}

std::optional<Step> planNetwork(const DesiredNetwork& want, const ObservedState& observed)
{
    Step step{Step::Phase::networks, want.spec.name.text, {}, {}, "", want.place};
    const auto live = observed.networks.find(want.spec.name);
    if (!want.problem.empty())
    {
        step.actions = {action::Blocked{}};
        step.because = want.problem;
        return step;
    }
    if (observed.ambiguousNetworks.count(want.spec.name) > 0)
    {
        step.actions = {action::Blocked{}};
        step.because = "the engine has several networks of this name; remove all but one";
        return step;
    }
    if (live == observed.networks.end())
    {
        step.actions = {action::EnsureNetwork{want.spec}};
        step.because = "it is not there";
        return step;
    }
    const auto differences = differencesOf(want, live->second.spec);
    if (differences.empty())
        return std::nullopt;
    for (const auto& [change, because] : differences)
    {
        step.changes.push_back(change);
        step.because += (step.because.empty() ? "" : "; ") + because;
    }
    repair(want, live->second, observed, step);
    return step;
}

}
