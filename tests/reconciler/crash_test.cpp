#include "support/faulty_orchestrator.h"
#include "support/fleet.h"
#include "support/slow_build.h"
#include "support/world_judge.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <functional>
#include <memory>

using namespace mcpctl;
using namespace mcpctl::test;

// A pass is killed before and after each single thing it changes on the engine. One more pass then has to
// reach what is declared: the right names, nothing twice, nothing left over.

namespace
{

constexpr auto newImage = "registry.example.com/app:2";
constexpr auto brokenImage = "registry.example.com/app:broken";

struct Scenario
{
    std::string name;
    std::function<void(Fleet&)> prepare; ///< until the pass that dies
    bool converges = true;               ///< false: a new image never gets ready, and the old one has to be back
};

void three(Fleet& fleet)
{
    fleet.declareNetwork("tools");
    fleet.declare("memory");
    fleet.declare("search").spec.networks[NetworkName("mcpctl-tools")] = {"search"};
    fleet.declare("files", "research");
}

void threeRunning(Fleet& fleet)
{
    three(fleet);
    fleet.apply();
}

DesiredInstance& memory(Fleet& fleet)
{
    return fleet["mcpctl-dev-memory"];
}

void breakImage(Fleet& fleet)
{
    fleet.moveTag(brokenImage, "broken");
    fleet.engine.change(
        [](World& world) {
            world.images.at(world.tags.at(brokenImage)).behaviour = {
                Behaviour::Kind::ends, {}, 1, false, {"no such module"}};
        });
}

/// A replace of `memory` that died right after `write` (the engine's words) took effect.
void dieAfter(Fleet& fleet, const std::string& write)
{
    bool struck = false;
    fleet.engine.intercept(
        [&](MemoryEngine::When when, bool, const std::string& call)
        {
            struck = struck || (when == MemoryEngine::When::after && call.starts_with(write));
            if (struck)
                throw Killed{};
        });
    BOOST_CHECK_THROW(fleet.apply(), Killed);
    fleet.engine.intercept({});
}

const std::vector<Scenario>& scenarios()
{
    static const std::vector<Scenario> all{
        {"fresh", three},
        {"fresh, on an engine that takes one network at creation",
         [](Fleet& fleet)
         {
             fleet.engine.takeOneNetworkAtCreate(true);
             three(fleet);
         }},
        {"nothing to do", threeRunning},
        {"limits and restart policy",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.resources.memoryBytes = 256 << 20;
             memory(fleet).spec.restart.when = RestartPolicy::When::always;
         }},
        {"replace, with a pull",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.moveTag(newImage, "version 2");
             fleet.engine.change([](World& world) { world.tags.erase(newImage); });
             memory(fleet).spec.image = newImage;
         }},
        {"replace of all",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.moveTag(appImage, "version 2");
         }},
        {"replace that is rolled back",
         [](Fleet& fleet)
         {
             fleet.declare("memory");
             fleet.apply();
             breakImage(fleet);
             memory(fleet).spec.image = brokenImage;
         },
         false},
        {"networks on and off",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet["mcpctl-dev-search"].spec.networks.erase(NetworkName("mcpctl-tools"));
             memory(fleet).spec.networks[NetworkName("mcpctl-tools")] = {"memory", "graph"};
         }},
        {"from the last network to another",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.networks = {{NetworkName("mcpctl-tools"), {"memory"}}};
         }},
        {"prune, with a network",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.desired.instances.erase(InstanceName("mcpctl-dev-search"));
             fleet.desired.networks.erase(NetworkName("mcpctl-tools"));
         }},
        {"another name",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.desired.instances.erase(InstanceName("mcpctl-dev-memory"));
             fleet.declare("graph");
         }},
        {"another name, and the same port",
         [](Fleet& fleet)
         {
             const Publication port{"127.0.0.1", 8931, 80};
             fleet.declare("memory").spec.publications.insert(port);
             fleet.apply();
             fleet.desired.instances.clear();
             fleet.declare("graph").spec.publications.insert(port);
         }},
        {"disabled",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).enabled = false;
         }},
        {"enabled again",
         [](Fleet& fleet)
         {
             three(fleet);
             fleet.apply();
             memory(fleet).enabled = false;
             fleet.apply();
             memory(fleet).enabled = true;
         }},
        {"stopped by hand",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.engine.stop(fleet.container("mcpctl-dev-memory").id);
         }},
        {"given up by the engine",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.change("mcpctl-dev-memory", [](MemoryContainer& live) { live.state = RunState::dead; });
         }},
        {"an interrupted replace is finished",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.user = "1000";
             dieAfter(fleet, "start mcpctl-dev-memory");
         }},
        {"an interrupted replace is finished by one that does not get ready",
         [](Fleet& fleet)
         {
             fleet.declare("memory");
             fleet.apply();
             breakImage(fleet);
             memory(fleet).spec.image = brokenImage;
             dieAfter(fleet, "rename to mcpctl-dev-memory mcpctl-dev-memory.new");
         },
         false},
        {"an interrupted replace is undone, for the manifest went back",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.user = "1000";
             dieAfter(fleet, "start mcpctl-dev-memory");
             memory(fleet).spec.user.reset();
         }},
        {"an interrupted replace is superseded",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.user = "1000";
             dieAfter(fleet, "rename to mcpctl-dev-memory.old");
             memory(fleet).spec.user = "2000";
         }},
        {"an interrupted replace of what is no longer declared",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.user = "1000";
             dieAfter(fleet, "rename to mcpctl-dev-memory.old");
             fleet.desired.instances.erase(InstanceName("mcpctl-dev-memory"));
         }},
        {"an interrupted replace of what is disabled by now",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.user = "1000";
             dieAfter(fleet, "rename to mcpctl-dev-memory.old");
             memory(fleet).enabled = false;
         }},
    };
    return all;
}

/// What is wrong after the pass that follows the one that died; empty when nothing is.
std::string checkNextPass(Fleet& fleet, const Scenario& scenario)
{
    const auto outcomes = fleet.apply();
    auto asked = fleet.desired;
    if (!scenario.converges)
        memory(fleet).spec.image = appImage; // what has to run is what ran before
    std::swap(asked, fleet.desired);
    const auto complaints = judge(asked, fleet.engine.world());
    const auto after = scenario.converges ? fleet.plan() : Plan{};
    if (complaints.empty() && after.steps.empty())
        return "";
    return fmt::format("{}\n{}{}", fmt::join(complaints, "\n"), describe(outcomes), renderPlan(after));
}

}

BOOST_AUTO_TEST_SUITE(crash_test)

BOOST_AUTO_TEST_CASE(killed_before_or_after_any_change_the_next_pass_reaches_what_is_declared)
{
    std::size_t kills = 0;
    for (const auto& scenario : scenarios())
        for (std::size_t point = 0;; ++point)
        {
            Fleet fleet;
            scenario.prepare(fleet);
            if (!fleet.applyAndDie(point))
                break;
            ++kills;
            if (const auto wrong = checkNextPass(fleet, scenario); !wrong.empty())
                BOOST_ERROR(fmt::format("{}, killed at moment {}: {}", scenario.name, point, wrong));
        }
    BOOST_TEST_MESSAGE(fmt::format("{} scenarios, {} kill points", scenarios().size(), kills));
    BOOST_TEST(kills > 200U);
}

BOOST_AUTO_TEST_CASE(killed_twice_the_pass_after_reaches_what_is_declared)
{
    constexpr std::size_t stride = slowBuild ? 4 : 1;
    std::size_t kills = 0;
    for (const auto& scenario : scenarios())
        for (std::size_t first = 0; first < 40; first += stride)
            for (std::size_t second = 0;; ++second)
            {
                Fleet fleet;
                scenario.prepare(fleet);
                if (!fleet.applyAndDie(first) || !fleet.applyAndDie(second))
                    break;
                ++kills;
                if (const auto wrong = checkNextPass(fleet, scenario); !wrong.empty())
                    BOOST_ERROR(fmt::format("{}, killed at {} and {}: {}", scenario.name, first, second, wrong));
            }
    BOOST_TEST_MESSAGE(fmt::format("{} pairs of kill points", kills));
    BOOST_TEST(kills * stride > 2000U);
}

BOOST_AUTO_TEST_CASE(an_engine_that_fails_any_one_change_done_or_not_is_put_right_by_the_next_pass)
{
    std::size_t faults = 0;
    for (const auto& scenario : scenarios())
        for (std::size_t point = 0;; ++point)
        {
            Fleet fleet;
            scenario.prepare(fleet);
            const auto moment = std::make_shared<std::size_t>(0);
            fleet.engine.intercept(
                [=](MemoryEngine::When, bool writes, const std::string& call)
                {
                    if (writes && (*moment)++ == point)
                        throw OrchestratorError(OrchestratorError::Kind::failed, call + ": 500 internal error");
                });
            fleet.apply();
            fleet.engine.intercept({});
            if (*moment <= point)
                break;
            ++faults;
            if (const auto wrong = checkNextPass(fleet, scenario); !wrong.empty())
                BOOST_ERROR(fmt::format("{}, failed at moment {}: {}", scenario.name, point, wrong));
        }
    BOOST_TEST_MESSAGE(fmt::format("{} scenarios, {} faults", scenarios().size(), faults));
    BOOST_TEST(faults > 200U);
}

BOOST_AUTO_TEST_SUITE_END()
