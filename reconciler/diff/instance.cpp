#include "diff/instance.h"

#include "diff/differences.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

bool hasInfix(const ObservedInstance& instance, std::string_view infix)
{
    return instance.name.starts_with(instance.marks.instance + std::string(infix));
}

/// What `live` will be once an interrupted replace has been undone: its own name, the declared restart
/// policy, stopped.
ObservedInstance asRestored(const ObservedInstance& live, const DesiredInstance& want)
{
    ObservedInstance restored = live;
    restored.name = want.name.text;
    restored.spec.restart = want.spec.restart;
    return restored;
}

/// Where a new instance's image comes from; nothing when it cannot be had.
std::optional<action::ImageSource> imageSource(const DesiredInstance& want, const ObservedState& observed)
{
    const auto reference = referenceFor(want, observed);
    if (observed.images.count(reference) > 0)
        return action::ImageSource{reference, false};
    if (want.pullPolicy == PullPolicy::never)
        return std::nullopt;
    return action::ImageSource{reference, true};
}

class InstancePlanner
{
public:
    InstancePlanner(const DesiredInstance& want, const ObservedState& observed, const std::set<NetworkName>& blocked)
        : want_(want), observed_(observed), blockedNetworks_(blocked)
    {
        step_.object = want.name.text;
        step_.place = want.place;
    }

    std::optional<Step> plan(const InstanceGroup& group)
    {
        const auto base = recover(group);
        recovery_ = step_.actions.size();
        if (!blocked_)
            proceed(base);
        if (step_.actions.empty())
            return std::nullopt;
        step_.because = because();
        return std::move(step_);
    }

private:
    void proceed(const std::optional<ObservedInstance>& base)
    {
        if (!want_.enabled)
            suspend(base);
        else if (!base)
            create();
        else
            repair(*base);
    }

    /// Puts a half-finished replace in order. Returns the instance that everything after starts from.
    std::optional<ObservedInstance> recover(const InstanceGroup& group)
    {
        for (const auto* leftover : group.news)
            remove(*leftover, "an interrupted replace left it behind");
        // One that the engine gave up, or is removing just now for whoever was interrupted, never comes back.
        const auto usable = std::find_if(group.olds.begin(), group.olds.end(),
                                         [](const auto* old) { return old->state != RunState::dead; });
        for (auto old = group.olds.begin(); old != group.olds.end(); ++old)
            if (old != usable)
                remove(**old, "an interrupted replace left it behind");
        if (usable == group.olds.end())
            return group.current != nullptr ? std::optional(*group.current) : std::nullopt;

        const auto& lastGood = **usable;
        const bool alive = group.current != nullptr && group.current->state != RunState::dead;
        if (alive && !want_.enabled)
        {
            remove(lastGood, "an interrupted replace left it behind");
            return *group.current;
        }
        // The new one has the name but never proved itself. Where it is what is declared, it gets its
        // chance now; else the last good one comes back first.
        if (alive && !compareInstance(want_, *group.current, observed_).replace)
        {
            step_.actions.push_back(action::FinishReplace{group.current->id, lastGood.id});
            reasons_.emplace_back("an interrupted replace is finished");
            finishes_ = true;
            return *group.current;
        }
        if (group.current != nullptr)
            remove(*group.current, "an interrupted replace is undone");
        else if (nameIsTaken())
            return std::nullopt;
        step_.actions.push_back(action::Restore{lastGood.id, lastGood.name});
        if (group.current == nullptr)
            reasons_.emplace_back("an interrupted replace is undone");
        restored_ = &lastGood;
        return asRestored(lastGood, want_);
    }

    void remove(const ObservedInstance& leftover, std::string reason)
    {
        step_.actions.push_back(action::Remove{leftover.id, leftover.name});
        if (std::find(reasons_.begin(), reasons_.end(), reason) == reasons_.end())
            reasons_.push_back(std::move(reason));
    }

    void suspend(const std::optional<ObservedInstance>& base)
    {
        if (!base || base->state == RunState::created || base->state == RunState::exited ||
            base->state == RunState::dead)
            return;
        step_.actions.push_back(action::Suspend{base->id});
        step_.changes.push_back(
            {"running", std::string(toString(base->state)), "stopped", Verdict::pending, want_.placeOf("enabled")});
        reasons_.emplace_back("it is disabled");
    }

    /// Whether somebody else holds the instance's name; the step is blocked then.
    bool nameIsTaken()
    {
        const auto taken = std::find_if(observed_.foreign.begin(), observed_.foreign.end(),
                                        [&](const Foreign& foreign) { return foreign.name == want_.name.text; });
        if (taken == observed_.foreign.end())
            return false;
        block(fmt::format("the name is taken by {}, which is not this project's{}; remove or rename it",
                          taken->id.substr(0, 12), taken->why.empty() ? "" : ": " + taken->why));
        return true;
    }

    void create()
    {
        if (nameIsTaken())
            return;
        if (const auto image = launchable())
        {
            step_.actions.push_back(action::Create{*image});
            reasons_.emplace_back("it is not there");
        }
    }

    void repair(const ObservedInstance& base)
    {
        const auto differences = compareInstance(want_, base, observed_);
        step_.changes = differences.changes;
        if (base.state == RunState::dead)
        {
            if (const auto image = launchable())
            {
                step_.actions.push_back(action::Remove{base.id, base.name});
                step_.actions.push_back(action::Create{*image});
                reasons_.emplace_back("the engine gave it up");
            }
            return;
        }
        if (differences.replace)
        {
            if (const auto image = launchable())
                step_.actions.push_back(action::Replace{base.id, *image});
            return;
        }
        if (differences.update)
            step_.actions.push_back(action::Update{base.id, want_.spec.resources, want_.spec.restart});
        for (const auto& network : differences.disconnect)
            step_.actions.push_back(action::Disconnect{base.id, network});
        for (const auto& [network, aliases] : differences.connect)
        {
            if (blockedNetworks_.count(network) > 0)
                return block(fmt::format("network {} is not as declared", network.text));
            const auto address = want_.spec.fixedAddresses.find(network);
            step_.actions.push_back(action::Connect{base.id, network, aliases,
                                                    address == want_.spec.fixedAddresses.end() ? "" : address->second});
        }
        if (differences.reload)
            step_.actions.push_back(action::Configure{base.id});
        start(base);
    }

    void start(const ObservedInstance& base)
    {
        if (base.state == RunState::running || base.state == RunState::restarting || finishes_)
            return;
        if (blockedByNetwork())
            return;
        const bool neverRan = base.state == RunState::created;
        std::string before(toString(base.state));
        if (base.state == RunState::exited)
            before += fmt::format(" (code {}{})", base.exitCode, base.oomKilled ? ", out of memory" : "");
        step_.actions.push_back(action::Start{base.id});
        reasons_.emplace_back(neverRan ? "it was never started" : "it is not running");
        step_.changes.push_back(
            {"running", before, "running", neverRan ? Verdict::pending : Verdict::drift, want_.placeOf("enabled")});
    }

    /// The image to launch from, or nothing, with the step blocked.
    std::optional<action::ImageSource> launchable()
    {
        if (blockedByNetwork() || blockedByPort())
            return std::nullopt;
        auto image = imageSource(want_, observed_);
        if (!image)
            block(fmt::format("image {} is not on the engine, and pullPolicy is never", want_.spec.image));
        return image;
    }

    /// Nothing runs on a network that is not as declared; the step is blocked then.
    bool blockedByNetwork()
    {
        for (const auto& [network, aliases] : want_.spec.networks)
            if (blockedNetworks_.count(network) > 0)
            {
                block(fmt::format("network {} is not as declared", network.text));
                return true;
            }
        return false;
    }

    bool blockedByPort()
    {
        for (const auto& port : want_.spec.publications)
            if (observed_.portsInUse.contains({port.address, port.hostPort, 0}))
            {
                block(fmt::format("something else on the engine's host listens on {}:{}", port.address, port.hostPort));
                return true;
            }
        return false;
    }

    /// Nothing is done to an object of which a part cannot be done: half a repair is a new state. But an
    /// interrupted replace, which is one, is put in order all the same, so that what ran before runs again.
    void block(std::string reason)
    {
        step_.actions.resize(std::min(recovery_, step_.actions.size()), action::Blocked{});
        if (restored_ != nullptr && !hangsOnBlocked(*restored_))
            step_.actions.push_back(action::Start{restored_->id});
        step_.actions.push_back(action::Blocked{});
        if (recovery_ == 0)
            reasons_.clear();
        reasons_.push_back(std::move(reason));
        blocked_ = true;
    }

    bool hangsOnBlocked(const ObservedInstance& live) const
    {
        return std::any_of(live.spec.networks.begin(), live.spec.networks.end(),
                           [&](const auto& network) { return blockedNetworks_.count(network.first) > 0; });
    }

    std::string because() const
    {
        auto parts = reasons_;
        std::vector<std::string> names;
        for (const auto& change : step_.changes)
            if (!blocked_ && change.field != "running")
                names.push_back(change.field);
        if (names.size() > 4)
        {
            const auto more = names.size() - 3;
            names.resize(3);
            names.push_back(fmt::format("{} more", more));
        }
        if (!names.empty())
            parts.push_back(fmt::format("{} {}", fmt::join(names, ", "), names.size() == 1 ? "differs" : "differ"));
        return fmt::format("{}", fmt::join(parts, "; "));
    }

    const DesiredInstance& want_;
    const ObservedState& observed_;
    const std::set<NetworkName>& blockedNetworks_;
    Step step_;
    std::vector<std::string> reasons_;
    std::size_t recovery_ = 0;                   ///< how many of the actions put an interrupted replace in order
    const ObservedInstance* restored_ = nullptr; ///< the one that they bring back
    bool finishes_ = false;
    bool blocked_ = false;
};

}

std::map<std::string, InstanceGroup> groupInstances(const std::vector<ObservedInstance>& ours)
{
    std::map<std::string, InstanceGroup> groups;
    for (const auto& instance : ours)
    {
        auto& group = groups[instance.marks.instance];
        if (instance.name == instance.marks.instance)
            group.current = &instance;
        else if (hasInfix(instance, ".new-"))
            group.news.push_back(&instance);
        else if (hasInfix(instance, ".old-"))
            group.olds.push_back(&instance);
    }
    for (auto& [name, group] : groups)
        std::sort(group.olds.begin(), group.olds.end(),
                  [](const auto* left, const auto* right)
                  { return std::tie(left->createdAt, left->id) > std::tie(right->createdAt, right->id); });
    return groups;
}

std::optional<Step> planInstance(const DesiredInstance& want, const InstanceGroup& group, const ObservedState& observed,
                                 const std::set<NetworkName>& blockedNetworks)
{
    return InstancePlanner(want, observed, blockedNetworks).plan(group);
}

}
