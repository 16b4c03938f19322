#include "support/fleet.h"
#include "support/golden.h"
#include "support/world_judge.h"

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

const NetworkName tools{"mcpctl-tools"};

struct Running : Fleet
{
    Running()
    {
        declareNetwork("tools");
        declare("memory");
        apply();
    }

    DesiredInstance& memory() { return (*this)["mcpctl-dev-memory"]; }
    std::string id() const { return container("mcpctl-dev-memory").id; }
    void changeNetwork(const NetworkName& name, const std::function<void(MemoryNetwork&)>& change)
    {
        engine.change(
            [&](World& world)
            {
                for (auto& network : world.networks)
                    if (network.spec.name == name)
                        change(network);
            });
    }
    void loseNetworks()
    {
        engine.stop(id());
        for (const auto& network : engine.networks())
            engine.removeNetwork(network.id);
    }
};

}

BOOST_AUTO_TEST_SUITE(network_changes_test)

BOOST_AUTO_TEST_CASE(one_network_more_is_connected_while_it_runs)
{
    Running fleet;
    fleet.memory().spec.networks[tools] = {"memory"};
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to update in place.

~ update  mcpctl-dev-memory  fleet.yaml:10
    because networks.mcpctl-tools differs
    networks.mcpctl-tools  (none) -> as memory  [pending]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(one_network_less_is_disconnected_while_it_runs)
{
    Running fleet;
    fleet.memory().spec.networks[tools] = {"memory"};
    fleet.apply();
    fleet.memory().spec.networks.erase(tools);
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to update in place.

~ update  mcpctl-dev-memory  fleet.yaml:10
    because networks.mcpctl-tools differs
    networks.mcpctl-tools  as memory -> (none)  [drift]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(other_names_on_a_network_are_a_disconnect_and_a_connect)
{
    Running fleet;
    fleet.memory().spec.networks[tools] = {"memory"};
    fleet.apply();
    fleet.memory().spec.networks[tools] = {"memory", "graph"};
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 1U);
    const std::vector<Action> expected{action::Disconnect{fleet.id(), tools},
                                       action::Connect{fleet.id(), tools, {"memory", "graph"}}};
    BOOST_TEST((plan.steps[0].actions == expected));
}

BOOST_AUTO_TEST_CASE(connected_by_hand_it_is_disconnected_as_drift)
{
    Running fleet;
    fleet.engine.connect(fleet.id(), tools, {"by-hand"}, "");
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to update in place.

~ update  mcpctl-dev-memory  fleet.yaml:10
    because networks.mcpctl-tools differs
    networks.mcpctl-tools  as by-hand -> (none)  [drift]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(leaving_the_last_network_is_a_replace)
{
    Running fleet;
    fleet.memory().spec.networks = {{tools, {"memory"}}};
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to replace.

± replace  mcpctl-dev-memory  fleet.yaml:10
    because networks.mcpctl-network, networks.mcpctl-tools differ
    networks.mcpctl-network  as memory.dev.mcpctl -> (none)  [pending]  fleet.yaml:10
    networks.mcpctl-tools    (none) -> as memory  [pending]  fleet.yaml:10
)");
    fleet.apply();
    fleet.memory().spec.networks.clear();
    BOOST_TEST(verbOf(fleet.plan().steps.at(0)) == "replace");
    fleet.apply();
    BOOST_TEST(fleet.container("mcpctl-dev-memory").networkIds.empty());
    fleet.memory().spec.networks = {{tools, {"memory"}}};
    BOOST_TEST(verbOf(fleet.plan().steps.at(0)) == "replace");
}

BOOST_AUTO_TEST_CASE(a_network_that_is_gone_is_made_anew_and_who_hung_on_it_is_replaced)
{
    Running fleet;
    fleet.loseNetworks();
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to replace, 2 networks.

+ create network  mcpctl-network
    because it is not there
    internal, no way out, no address on the host
+ create network  mcpctl-tools       fleet.yaml:3
    because it is not there
    internal, no way out, no address on the host
± replace         mcpctl-dev-memory  fleet.yaml:10
    because networks.mcpctl-network differs
    networks.mcpctl-network  a network that is gone -> connected  [drift]  fleet.yaml:10
)");
}

BOOST_AUTO_TEST_CASE(a_network_with_a_way_out_is_made_anew_underneath_of_what_runs)
{
    Running fleet;
    fleet.memory().spec.networks[tools] = {"memory"};
    fleet.apply();
    const auto before = fleet.container("mcpctl-dev-memory");
    fleet.changeNetwork(tools, [](MemoryNetwork& network) { network.spec.internal = false; });
    fleet.declare("search").spec.networks = {{tools, {"search"}}};
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to create, 1 network.

± replace network  mcpctl-tools       fleet.yaml:3
    because it has a way out (not internal); it is made anew, and 1 instance changes over to it
    internal, no way out, no address on the host
    internal  no -> yes  [drift]  fleet.yaml:3
+ create           mcpctl-dev-search  fleet.yaml:20
    because it is not there
)");
    BOOST_TEST(allDone(fleet.apply()));
    const auto after = fleet.container("mcpctl-dev-memory");
    BOOST_TEST((after.spec == before.spec));
    BOOST_TEST(after.startedAt == before.startedAt);
    BOOST_TEST(after.networkIds.at(tools) != before.networkIds.at(tools));
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(what_is_stopped_changes_over_to_the_new_network_too)
{
    Running fleet;
    fleet.memory().enabled = false;
    fleet.apply();
    fleet.changeNetwork(sharedNetwork().name, [](MemoryNetwork& network) { network.spec.hostAddress = true; });
    BOOST_TEST(allDone(fleet.apply()));
    fleet.memory().enabled = true;
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 1U);
    BOOST_TEST(verbOf(plan.steps[0]) == "start");
    BOOST_TEST(allDone(fleet.apply()));
}

BOOST_AUTO_TEST_CASE(each_option_that_is_not_as_declared_is_drift_of_its_own)
{
    Running fleet;
    const auto because = [&](const std::function<void(NetworkSpec&)>& change)
    {
        fleet.changeNetwork(tools,
                            [&](MemoryNetwork& network)
                            {
                                network.spec = declaredNetwork("tools");
                                change(network.spec);
                            });
        const auto plan = fleet.plan();
        BOOST_REQUIRE_EQUAL(plan.steps.size(), 1U);
        BOOST_TEST(verbOf(plan.steps[0]) == "replace network");
        BOOST_REQUIRE_EQUAL(plan.steps[0].changes.size(), 1U);
        BOOST_TEST((plan.steps[0].changes[0].verdict == Verdict::drift));
        return plan.steps[0].changes[0].field + ": " + plan.steps[0].because;
    };
    BOOST_TEST(because([](NetworkSpec& spec) { spec.hostAddress = true; }) ==
               "hostAddress: the host has an address on it, so a server could reach the host; it is made anew");
    BOOST_TEST(because([](NetworkSpec& spec) { spec.ipv6 = true; }) ==
               "ipv6: it has IPv6, by which a server could reach the host; it is made anew");
    BOOST_TEST(because([](NetworkSpec& spec) { spec.oddities = {"driver macvlan"}; }) ==
               "other: it is made otherwise: driver macvlan; it is made anew");
    fleet.desired.networks.at(tools).spec.subnet = "10.2.0.0/24";
    BOOST_TEST(because([](NetworkSpec& spec) { spec.subnet = "10.1.0.0/24"; }) ==
               "subnet: its subnet is 10.1.0.0/24, not 10.2.0.0/24; it is made anew");
    BOOST_TEST(allDone(fleet.apply()));
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(a_subnet_that_nobody_asked_for_is_no_difference)
{
    Running fleet;
    fleet.changeNetwork(tools, [](MemoryNetwork& network) { network.spec.subnet = "10.1.0.0/24"; });
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(a_network_that_something_foreign_hangs_on_blocks_itself_and_what_would_be_put_on_it)
{
    Running fleet;
    fleet.engine.connect(fleet.addForeign("theirs"), tools, {}, "");
    fleet.changeNetwork(tools, [](MemoryNetwork& network) { network.spec.internal = false; });
    fleet.memory().spec.networks[tools] = {"memory"};
    fleet.declare("search").spec.networks = {{tools, {"search"}}};
    fleet.declare("files");
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to create, 3 blocked.

! blocked  mcpctl-tools       fleet.yaml:3
    because it has a way out (not internal); not this project's, and on it: theirs; disconnect what is not, then it is made anew
    internal  no -> yes  [drift]  fleet.yaml:3
+ create   mcpctl-dev-files   fleet.yaml:30
    because it is not there
! blocked  mcpctl-dev-memory  fleet.yaml:10
    because network mcpctl-tools is not as declared
    networks.mcpctl-tools  (none) -> as memory  [pending]  fleet.yaml:10
! blocked  mcpctl-dev-search  fleet.yaml:20
    because network mcpctl-tools is not as declared
)");
}

BOOST_AUTO_TEST_CASE(what_another_project_put_on_the_shared_network_blocks_as_well)
{
    Running fleet;
    Marks marks;
    marks.project = "another";
    marks.instance = "another-dev-x";
    fleet.engine.connect(fleet.addForeign("another-dev-x", marks), sharedNetwork().name, {}, "");
    fleet.changeNetwork(sharedNetwork().name, [](MemoryNetwork& network) { network.spec.internal = false; });
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 1U);
    BOOST_TEST(verbOf(plan.steps[0]) == "blocked");
    BOOST_TEST(plan.steps[0].because.find("another-dev-x") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_shared_network_is_made_anew_whoever_made_it_and_a_declared_one_only_when_it_is_ours)
{
    Running fleet;
    const auto spoil = [](MemoryNetwork& network)
    {
        network.labelled = false;
        network.spec.internal = false;
    };
    fleet.changeNetwork(sharedNetwork().name, spoil);
    fleet.changeNetwork(tools, spoil);
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 2U);
    BOOST_TEST(verbOf(plan.steps[0]) == "replace network");
    BOOST_TEST(verbOf(plan.steps[1]) == "blocked");
    BOOST_TEST(plan.steps[1].because.find("it is not this project's") != std::string::npos);
}

/// A foreign container that hangs on a network, so that it cannot be made anew.
struct Spoilt : Running
{
    Spoilt()
    {
        engine.connect(addForeign("theirs"), sharedNetwork().name, {}, "");
        changeNetwork(sharedNetwork().name, [](MemoryNetwork& network) { network.spec.internal = false; });
    }
};

BOOST_AUTO_TEST_CASE(what_is_stopped_is_not_started_on_a_network_that_is_not_as_declared)
{
    Spoilt fleet;
    fleet.engine.stop(fleet.id());
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 2U);
    BOOST_TEST(verbOf(plan.steps[1]) == "blocked");
    BOOST_TEST(plan.steps[1].because == "network mcpctl-network is not as declared");
}

BOOST_AUTO_TEST_CASE(limits_of_what_runs_change_though_its_network_is_not_as_declared)
{
    Spoilt fleet;
    fleet.memory().spec.resources.memoryBytes = 256 << 20;
    const auto outcomes = fleet.apply();
    BOOST_REQUIRE_EQUAL(outcomes.size(), 2U);
    BOOST_TEST((outcomes[0].result == Outcome::Result::failed));
    BOOST_TEST((outcomes[1].result == Outcome::Result::done));
    BOOST_TEST(fleet.container("mcpctl-dev-memory").spec.resources.memoryBytes == 256 << 20);
}

BOOST_AUTO_TEST_CASE(a_crash_at_any_moment_of_making_a_network_anew_is_mended_by_the_next_pass)
{
    bool died = true;
    std::size_t point = 0;
    for (; died; ++point)
    {
        Running fleet;
        fleet.memory().spec.networks[tools] = {"memory"};
        fleet.apply();
        fleet.changeNetwork(tools, [](MemoryNetwork& network) { network.spec.internal = false; });
        fleet.changeNetwork(sharedNetwork().name, [](MemoryNetwork& network) { network.spec.internal = false; });
        died = fleet.applyAndDie(point);
        BOOST_TEST(allDone(fleet.apply()), "after a crash at moment " << point);
        BOOST_TEST(judge(fleet.desired, fleet.engine.world()).empty(), "after a crash at moment " << point);
    }
    BOOST_TEST(point > 8U);
}

BOOST_AUTO_TEST_CASE(two_networks_of_one_name_block)
{
    Running fleet;
    fleet.engine.change(
        [](World& world)
        {
            world.networks.push_back(world.networks.back());
            world.networks.back().id = "another";
        });
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 blocked.

! blocked  mcpctl-tools  fleet.yaml:3
    because the engine has several networks of this name; remove all but one
)");
}

BOOST_AUTO_TEST_CASE(a_network_of_somebody_else_that_is_as_declared_is_used_and_never_removed)
{
    Fleet fleet;
    auto spec = declaredNetwork("tools");
    spec.owner = {};
    fleet.engine.change([&](World& world) { world.networks.push_back({"theirs", spec, false}); });
    fleet.declareNetwork("tools");
    fleet.declare("memory").spec.networks = {{tools, {"memory"}}};
    BOOST_TEST(allDone(fleet.apply()));
    fleet.desired.instances.clear();
    fleet.desired.networks.clear();
    BOOST_TEST(allDone(fleet.apply()));
    BOOST_TEST(fleet.engine.networks().front().id == "theirs");
}

BOOST_AUTO_TEST_SUITE_END()
