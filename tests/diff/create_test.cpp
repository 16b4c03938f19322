#include "support/fleet.h"
#include "support/golden.h"

using namespace mcpctl;
using namespace mcpctl::test;

BOOST_AUTO_TEST_SUITE(create_test)

BOOST_AUTO_TEST_CASE(on_an_empty_engine_networks_come_first_and_every_server_is_created)
{
    Fleet fleet;
    fleet.declareNetwork("tools");
    fleet.declare("memory");
    fleet.declare("search").spec.networks[NetworkName("mcpctl-tools")] = {"search"};
    checkPlan(fleet.plan(), R"(
Project mcpctl: 2 to create, 2 networks.

+ create network  mcpctl-network
    because it is not there
    internal, no way out, no address on the host
+ create network  mcpctl-tools       fleet.yaml:3
    because it is not there
    internal, no way out, no address on the host
+ create          mcpctl-dev-memory  fleet.yaml:10
    because it is not there
+ create          mcpctl-dev-search  fleet.yaml:20
    because it is not there
)");
}

BOOST_AUTO_TEST_CASE(what_is_as_declared_needs_nothing)
{
    Fleet fleet;
    fleet.declare("memory");
    fleet.apply();
    checkPlan(fleet.plan(), R"(
Project mcpctl: nothing to do, 1 instance is as declared.
)");
}

BOOST_AUTO_TEST_CASE(nothing_declared_and_nothing_there_is_nothing_to_do)
{
    Fleet fleet;
    fleet.desired.networks.clear();
    checkPlan(fleet.plan(), R"(
Project mcpctl: nothing to do, 0 instances are as declared.
)");
}

BOOST_AUTO_TEST_CASE(a_disabled_server_is_not_created)
{
    Fleet fleet;
    fleet.apply();
    fleet.declare("memory").enabled = false;
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(an_image_that_is_missing_is_pulled)
{
    Fleet fleet;
    fleet.apply();
    fleet.declare("memory").spec.image = "registry.example.com/new:1";
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to create.

+ create  mcpctl-dev-memory  fleet.yaml:10
    because it is not there
    pull registry.example.com/new:1
)");
}

BOOST_AUTO_TEST_CASE(an_image_that_is_missing_and_never_pulled_blocks)
{
    Fleet fleet;
    fleet.apply();
    auto& memory = fleet.declare("memory");
    memory.spec.image = "registry.example.com/new:1";
    memory.pullPolicy = PullPolicy::never;
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 blocked.

! blocked  mcpctl-dev-memory  fleet.yaml:10
    because image registry.example.com/new:1 is not on the engine, and pullPolicy is never
)");
}

BOOST_AUTO_TEST_CASE(a_name_that_somebody_else_holds_blocks_and_names_the_holder)
{
    Fleet fleet;
    fleet.declare("memory");
    fleet.declare("search");
    const auto holder = fleet.addForeign("mcpctl-dev-memory");
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 3U);
    BOOST_TEST(verbOf(plan.steps[1]) == "blocked");
    BOOST_TEST(plan.steps[1].because ==
               "the name is taken by " + holder.substr(0, 12) + ", which is not this project's; remove or rename it");
    BOOST_TEST(verbOf(plan.steps[2]) == "create");
}

BOOST_AUTO_TEST_CASE(a_name_that_another_project_holds_blocks_and_names_the_holder)
{
    Fleet fleet;
    fleet.apply();
    fleet.declare("memory");
    Marks marks;
    marks.project = "other";
    marks.instance = "mcpctl-dev-memory";
    fleet.addForeign("mcpctl-dev-memory", marks);
    const auto plan = fleet.plan();
    BOOST_REQUIRE_EQUAL(plan.steps.size(), 1U);
    BOOST_TEST(plan.steps[0].because.find("which is not this project's") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_copied_label_set_does_not_make_an_instance_ours)
{
    Fleet fleet;
    fleet.declare("memory");
    fleet.apply();
    fleet.addForeign("copy", fleet.container("mcpctl-dev-memory").marks);
    checkPlan(fleet.plan(), R"(
Project mcpctl: nothing to do, 1 instance is as declared.

Notes:
  copy: not touched: renamed: it was made as mcpctl-dev-memory
)");
    fleet.desired.instances.clear();
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to remove.

- remove  mcpctl-dev-memory
    because no longer declared

Notes:
  copy: not touched: renamed: it was made as mcpctl-dev-memory
)");
}

BOOST_AUTO_TEST_CASE(one_of_ours_that_somebody_renamed_is_told_and_its_place_is_filled)
{
    Fleet fleet;
    fleet.declare("memory");
    fleet.apply();
    fleet.engine.rename(fleet.container("mcpctl-dev-memory").id, "keep-this");
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to create.

+ create  mcpctl-dev-memory  fleet.yaml:10
    because it is not there

Notes:
  keep-this: not touched: renamed: it was made as mcpctl-dev-memory
)");
}

BOOST_AUTO_TEST_SUITE_END()
