#include "app/describe.h"

#include "app/json.h"
#include "support/fleet.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

struct Fixture
{
    Fixture()
    {
        auto& instance = fleet.declare("a");
        instance.spec.env["TOKEN"] = {"hush-hush", "token", true};
        instance.spec.env["MODE"] = {"whatever-mode", {}, true};
        fleet.apply();
        fleet.change("mcpctl-dev-a",
                     [](MemoryContainer& each) {
                         each.log = {{"loading\n"}, {"token is hush-hush\n"}, {"\xff!\n"}};
                     });
    }

    Description describeIt()
    {
        return describe(fleet.orchestrator, fleet.orchestrator.listInstances(fleet.desired.project).ours.front());
    }

    Fleet fleet;
};

}

BOOST_FIXTURE_TEST_SUITE(describe_test, Fixture)

BOOST_AUTO_TEST_CASE(names_of_environment_variables_are_shown_and_values_are_not)
{
    const auto description = describeIt();
    for (const auto& text : {renderDescription(description), jsonText(*toJson(description))})
    {
        BOOST_TEST(has(text, "TOKEN"), text);
        BOOST_TEST(has(text, "(hidden)"), text);
        BOOST_TEST(!has(text, "hush-hush"), text);
        BOOST_TEST(!has(text, "whatever-mode"), text);
    }
}

BOOST_AUTO_TEST_CASE(what_an_instance_is_where_it_is_and_what_bounds_it_is_on_one_screen)
{
    auto description = describeIt();
    description.instance.addresses[NetworkName("mcpctl-network")] = "172.30.0.2";
    const auto text = renderDescription(description);
    for (const auto* part : {"Identity\n", "State\n", "Spec\n", "Limits\n", "Networks\n", "512Mi", "running",
                             "mcpctl-network  172.30.0.2, answers to a.dev.mcpctl", appImage})
        BOOST_TEST(has(text, part), text);
    BOOST_TEST(!has(text, "Plan\n"));
}

BOOST_AUTO_TEST_CASE(a_server_that_stopped_is_told_with_its_exit_code)
{
    fleet.change("mcpctl-dev-a",
                 [](MemoryContainer& each)
                 {
                     each.state = RunState::exited;
                     each.exitCode = 137;
                     each.oomKilled = true;
                 });
    const auto text = renderDescription(describeIt());
    BOOST_TEST(has(text, "exited"), text);
    BOOST_TEST(has(text, "137"), text);
    BOOST_TEST(has(text, "it ran out of memory"), text);
}

BOOST_AUTO_TEST_CASE(the_plan_is_the_one_that_apply_would_run)
{
    auto description = describeIt();
    fleet["mcpctl-dev-a"].spec.resources.memoryBytes /= 2;
    description.declared = Description::Declared{fleet["mcpctl-dev-a"].place, fleet.plan()};
    const auto text = renderDescription(description);
    BOOST_TEST(has(text, "declared  fleet.yaml:10"), text);
    BOOST_TEST(has(text, "memory  512Mi -> 256Mi  [pending]"), text);
}

BOOST_AUTO_TEST_SUITE_END()
