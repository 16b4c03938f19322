#include "support/fleet.h"
#include "support/golden.h"

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

constexpr auto file = "/config/a.cfg";

struct Configured : Fleet
{
    Configured()
    {
        declare("gateway").spec.configFiles[file] = "one\n";
        apply();
    }

    DesiredInstance& gateway() { return (*this)["mcpctl-dev-gateway"]; }
    MemoryContainer live() const { return container("mcpctl-dev-gateway"); }
    std::vector<Action> actions() const
    {
        const auto steps = plan().steps;
        BOOST_REQUIRE_EQUAL(steps.size(), 1U);
        return steps[0].actions;
    }
};

}

BOOST_AUTO_TEST_SUITE(configuration_changes_test)

BOOST_AUTO_TEST_CASE(a_changed_file_is_written_and_loaded_where_it_runs)
{
    Configured fleet;
    const auto before = fleet.live();
    fleet.gateway().spec.configFiles[file] = "two\n";
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to update in place.

~ update  mcpctl-dev-gateway  fleet.yaml:10
    because configFiles./config/a.cfg differs
    write its configuration and let it load it; connections stay
    configFiles./config/a.cfg  2c8b08da5ce6 -> 27dd8ed44a83  [pending]  fleet.yaml:10
)");
    BOOST_TEST(allDone(fleet.apply()));
    BOOST_TEST(fleet.live().spec.configFiles.at(file) == "two\n");
    BOOST_TEST(fleet.live().id == before.id);
    BOOST_TEST(fleet.live().startedAt == before.startedAt);
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_somebody_else_changed_is_drift_and_is_put_back)
{
    Configured fleet;
    fleet.change("mcpctl-dev-gateway", [](MemoryContainer& live) { live.spec.configFiles[file] = "evil\n"; });
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 1U);
    BOOST_TEST((plan.steps[0].changes.at(0).verdict == Verdict::drift));
    BOOST_TEST((fleet.actions() == std::vector<Action>{action::Configure{fleet.live().id}}));
    fleet.apply();
    BOOST_TEST(fleet.live().spec.configFiles.at(file) == "one\n");
}

BOOST_AUTO_TEST_CASE(a_file_too_many_cannot_be_taken_away_so_it_is_a_replace)
{
    Configured fleet;
    fleet.change("mcpctl-dev-gateway", [](MemoryContainer& live) { live.spec.configFiles["/config/more"] = "x"; });
    BOOST_TEST(has<action::Replace>(fleet.plan().steps.at(0)));
}

BOOST_AUTO_TEST_CASE(one_that_was_made_without_files_is_made_anew_to_get_some)
{
    Fleet fleet;
    fleet.declare("gateway");
    fleet.apply();
    fleet["mcpctl-dev-gateway"].spec.configFiles[file] = "one\n";
    BOOST_TEST(has<action::Replace>(fleet.plan().steps.at(0)));
}

BOOST_AUTO_TEST_CASE(other_names_at_the_same_fixed_address_are_a_disconnect_and_a_connect_there)
{
    Fleet fleet;
    const NetworkName tools{"mcpctl-tools"};
    fleet.declareNetwork("tools");
    auto& spec = fleet.declare("gateway").spec;
    spec.networks[tools] = {"a"};
    spec.fixedAddresses[tools] = "10.9.0.6";
    fleet.apply();
    BOOST_TEST(fleet.plan().steps.empty());
    const auto id = fleet.container("mcpctl-dev-gateway").id;
    fleet["mcpctl-dev-gateway"].spec.networks[tools] = {"a", "b"};
    const std::vector<Action> expected{action::Disconnect{id, tools},
                                       action::Connect{id, tools, {"a", "b"}, "10.9.0.6"}};
    BOOST_TEST((fleet.plan().steps.at(0).actions == expected));
    fleet.apply();
    fleet.change("mcpctl-dev-gateway", [&](MemoryContainer& live) { live.spec.fixedAddresses[tools] = "10.9.0.2"; });
    BOOST_TEST((fleet.plan().steps.at(0).actions == expected));
}

BOOST_AUTO_TEST_CASE(a_port_that_something_else_listens_on_blocks_what_would_publish_it)
{
    Fleet fleet;
    fleet.declare("gateway").spec.publications = {{"127.0.0.1", 8931, 8931}};
    auto observed = observe(fleet.orchestrator, fleet.desired);
    observed.portsInUse = {{"127.0.0.1", 8931, 0}};
    const auto plan = diff(fleet.desired, observed, {});
    BOOST_TEST(std::string(verbOf(plan.steps.back())) == "blocked");
    BOOST_TEST(plan.steps.back().because == "something else on the engine's host listens on 127.0.0.1:8931");
}

BOOST_AUTO_TEST_CASE(a_network_that_cannot_be_had_blocks_what_hangs_on_it)
{
    Fleet fleet;
    const NetworkName tools{"mcpctl-tools"};
    fleet.declareNetwork("tools");
    fleet.declare("gateway").spec.networks[tools];
    fleet.desired.networks.at(tools).problem = "there is no room for it";
    const auto plan = fleet.plan();
    BOOST_TEST(summarize(plan).blocked == 2);
}

BOOST_AUTO_TEST_SUITE_END()
