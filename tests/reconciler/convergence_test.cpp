#include "diff/prune_guard.h"
#include "model/json_text.h"
#include "orchestrator/bounded_pool.h"
#include "support/random_fleet.h"
#include "support/slow_build.h"

#include <Poco/JSON/Stringifier.h>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

std::uint64_t fromEnvironment(const char* name, std::uint64_t otherwise)
{
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::uint64_t firstSeed()
{
    return fromEnvironment("MCPCTL_TEST_SEED", 1);
}

/// To look closer at one: MCPCTL_TEST_SEED=N MCPCTL_TEST_WORLDS=1.
std::uint64_t worlds()
{
    return fromEnvironment("MCPCTL_TEST_WORLDS", slowBuild ? 2'000 : 10'000);
}

std::string jsonOf(const Plan& plan)
{
    return jsonText(*planToJson(plan));
}

/// Calls `check` for each `stride`-th world, and says what it finds wrong with the first seeds that fail.
template <typename Check>
void forEachWorld(std::uint64_t stride, const Check& check)
{
    std::mutex mutex;
    std::map<std::uint64_t, std::string> failures;
    const auto judgeOne = [&](std::size_t index)
    {
        const auto seed = firstSeed() + index * stride;
        std::string failure;
        try
        {
            failure = check(seed);
        }
        catch (const std::exception& error)
        {
            failure = error.what();
        }
        const std::lock_guard lock(mutex);
        if (!failure.empty())
            failures.emplace(seed, failure);
    };
    const auto count = (worlds() + stride - 1) / stride;
    forEachInParallel(count, std::thread::hardware_concurrency(), judgeOne);
    BOOST_TEST_MESSAGE(fmt::format("{} worlds", count));
    for (const auto& [seed, failure] : failures)
        BOOST_ERROR(fmt::format("seed {}: {}", seed, failure));
}

std::string joined(const std::vector<std::string>& lines)
{
    return fmt::format("{}", fmt::join(lines, "\n  "));
}

bool isAbout(const Step& step, const std::set<std::string>& objects)
{
    return objects.count(step.object) > 0;
}

/// What is wrong with a step as such; empty when nothing is.
std::string flawOf(const Step& step, const RandomFleet& random, const World& before)
{
    if (step.because.empty())
        return "a step without a reason: " + step.object;
    if (step.actions.empty())
        return "a step that does nothing: " + step.object;
    if (step.phase != Step::Phase::prune && step.place.file.empty() && step.object != sharedNetwork().name.text)
        return "a step without a place: " + step.object;
    for (const auto& each : step.actions)
        if (const auto* replace = std::get_if<action::Replace>(&each))
            if (!needsReplace(random.fleet.desired.instances.at(InstanceName(step.object)),
                              before.containers.at(replace->oldId), before))
                return "a replace that nothing needs: " + step.object;
    return "";
}

std::string passConverges(std::uint64_t seed)
{
    RandomFleet random(seed);
    auto& fleet = random.fleet;
    const auto before = fleet.engine.world();
    const auto unowned = unownedOf(before, fleet.desired.project);
    const auto complaints = judge(fleet.desired, before, random.judgement);

    const auto plan = fleet.plan();
    const std::string text = renderPlan(plan);
    for (const auto& step : plan.steps)
        if (const auto flaw = flawOf(step, random, before); !flaw.empty())
            return flaw + "\n" + text;
    if (complaints.empty() && random.judgement.exempt.empty() && !plan.steps.empty())
        return "a plan for a world that is as declared:\n" + text;
    if (const auto again = fleet.plan();
        renderPlan(plan) != text || renderPlan(again) != text || jsonOf(again) != jsonOf(plan))
        return "the same world gave another text:\n" + text + renderPlan(again);

    const auto outcomes = fleet.run(plan);
    if (random.judgement.exempt.empty() && !allDone(outcomes))
        return "not all was done:\n" + describe(outcomes) + text;
    const auto after = fleet.engine.world();
    if (const auto left = judge(fleet.desired, after, random.judgement); !left.empty())
        return fmt::format("not as declared:\n  {}\n{}{}", joined(left), text, describe(outcomes));

    const auto still = unownedOf(after, fleet.desired.project);
    if (still.containers != unowned.containers)
        return "a container that is not ours was touched:\n" + text;
    for (const auto& network : unowned.networks)
        if (std::find(still.networks.begin(), still.networks.end(), network) == still.networks.end())
            return "a network that is not ours was touched: " + network.spec.name.text;

    const auto second = fleet.plan();
    for (const auto& step : second.steps)
        if (!isAbout(step, random.judgement.exempt) && (random.judgement.pruned || step.phase != Step::Phase::prune))
            return fmt::format("the second plan is not empty:\n{}\nafter\n{}{}", renderPlan(second), text,
                               describe(outcomes));
    return "";
}

}

BOOST_AUTO_TEST_SUITE(convergence_test)

BOOST_AUTO_TEST_CASE(one_pass_makes_any_world_as_declared_and_touches_nothing_else)
{
    forEachWorld(1, passConverges);
}

BOOST_AUTO_TEST_CASE(the_order_in_which_things_were_declared_or_seen_is_irrelevant)
{
    forEachWorld(5,
                 [](std::uint64_t seed) -> std::string
                 {
                     const RandomFleet random(seed);
                     const auto& desired = random.fleet.desired;
                     DesiredState reversed;
                     reversed.project = desired.project;
                     for (auto it = desired.instances.rbegin(); it != desired.instances.rend(); ++it)
                         reversed.instances.insert(*it);
                     for (auto it = desired.networks.rbegin(); it != desired.networks.rend(); ++it)
                         reversed.networks.insert(*it);
                     auto observed = observe(random.fleet.orchestrator, desired);
                     const auto first = jsonOf(diff(desired, observed, {}));
                     std::reverse(observed.instances.begin(), observed.instances.end());
                     const auto second = jsonOf(diff(reversed, observed, {}));
                     return first == second ? "" : first + "\n" + second;
                 });
}

BOOST_AUTO_TEST_CASE(a_plan_that_the_guard_lets_pass_never_removes_more_than_it_may)
{
    forEachWorld(5,
                 [](std::uint64_t seed) -> std::string
                 {
                     const RandomFleet random(seed);
                     const auto& desired = random.fleet.desired;
                     const auto world = random.fleet.engine.world();
                     const auto plan = random.fleet.plan();
                     std::set<std::string> all;
                     for (const auto& [id, container] : world.containers)
                         if (isOurs(container, desired.project))
                             all.insert(container.marks->instance);
                     std::set<std::string> removed;
                     for (const auto& step : plan.steps)
                         for (const auto& each : step.actions)
                             if (std::holds_alternative<action::Remove>(each) && step.phase == Step::Phase::prune)
                                 removed.insert(step.object);
                     const bool passes = !pruneGuard(plan, desired.instances.size(), {});
                     const bool tooMany = removed.size() > 3 && removed.size() * 10 > all.size() * 3;
                     const bool empties = desired.instances.empty() && !removed.empty();
                     return passes && (tooMany || empties) ? "the guard let pass:\n" + renderPlan(plan) : "";
                 });
}

BOOST_AUTO_TEST_SUITE_END()
