#include "apply/apply.h"
#include "support/faulty_orchestrator.h"
#include "support/fleet.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

using Result = Outcome::Result;

/// Runs one pass against `faulty`.
Outcomes passOver(Fleet& fleet, McpOrchestrator& faulty, const std::stop_token& stop = {},
                  const ProgressSink& progress = {}, const ApplyOptions& options = quickly())
{
    return apply(fleet.plan(), fleet.desired, faulty, options, progress, stop);
}

FaultyOrchestrator::Fault failing(const std::string& prefix, const std::string& why)
{
    return [=](bool after, const std::string& call)
    {
        if (!after && call.starts_with(prefix))
            throw OrchestratorError(OrchestratorError::Kind::failed, why);
    };
}

const Outcome& of(const Outcomes& outcomes, const std::string& object)
{
    return *std::find_if(outcomes.begin(), outcomes.end(), [&](const auto& each) { return each.object == object; });
}

}

BOOST_AUTO_TEST_SUITE(apply_test)

BOOST_AUTO_TEST_CASE(networks_come_first_then_servers_and_what_is_pruned_goes_last)
{
    Fleet fleet;
    fleet.declare("old");
    fleet.apply();
    fleet.desired.instances.clear();
    fleet.declareNetwork("tools");
    fleet.declare("memory");
    FaultyOrchestrator watched(fleet.orchestrator);
    const auto oldId = fleet.container("mcpctl-dev-old").id;
    BOOST_TEST(allDone(passOver(fleet, watched)));
    const std::vector<std::string> expected{"ensureNetworkExists mcpctl-tools", "startServer mcpctl-dev-memory",
                                            "stopServer " + oldId};
    BOOST_TEST(watched.journal() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_server_that_fails_does_not_stop_the_others)
{
    for (const std::size_t workers : {1U, 4U})
    {
        Fleet fleet;
        for (const auto* name : {"a", "b", "c", "d"})
            fleet.declare(name);
        FaultyOrchestrator faulty(fleet.orchestrator, failing("startServer mcpctl-dev-b", "no space left on device"));
        auto options = quickly();
        options.workers = workers;
        const auto outcomes = passOver(fleet, faulty, {}, {}, options);
        BOOST_TEST((of(outcomes, "mcpctl-dev-b").result == Result::failed));
        BOOST_TEST(of(outcomes, "mcpctl-dev-b").error == "no space left on device");
        for (const auto* name : {"mcpctl-dev-a", "mcpctl-dev-c", "mcpctl-dev-d"})
            BOOST_TEST((of(outcomes, name).result == Result::done));
    }
}

BOOST_AUTO_TEST_CASE(outcomes_stand_at_the_place_of_their_steps)
{
    Fleet fleet;
    for (const auto* name : {"d", "b", "a", "c"})
        fleet.declare(name);
    auto options = quickly();
    options.workers = 4;
    const auto plan = fleet.plan();
    const auto outcomes = fleet.run(plan, options);
    BOOST_REQUIRE_EQUAL(outcomes.size(), plan.steps.size());
    for (std::size_t i = 0; i < outcomes.size(); ++i)
        BOOST_TEST(outcomes[i].object == plan.steps[i].object);
}

BOOST_AUTO_TEST_CASE(after_a_failure_nothing_is_pruned)
{
    Fleet fleet;
    fleet.declare("old");
    fleet.apply();
    fleet.desired.instances.clear();
    fleet.declare("memory");
    FaultyOrchestrator faulty(fleet.orchestrator, failing("startServer", "no"));
    const auto outcomes = passOver(fleet, faulty);
    BOOST_TEST((of(outcomes, "mcpctl-dev-old").result == Result::skipped));
    BOOST_TEST(of(outcomes, "mcpctl-dev-old").error == "kept: something failed before it");
    BOOST_TEST((fleet.container("mcpctl-dev-old").state == RunState::running));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_removed_keeps_nothing_else)
{
    Fleet fleet;
    fleet.declareNetwork("one");
    fleet.declareNetwork("two");
    fleet.apply();
    fleet.desired.networks.clear();
    FaultyOrchestrator faulty(fleet.orchestrator, failing("removeNetwork", "somebody hangs on it"));
    const auto outcomes = passOver(fleet, faulty);
    BOOST_TEST((of(outcomes, "mcpctl-one").result == Result::failed));
    BOOST_TEST((of(outcomes, "mcpctl-two").result == Result::failed)); // it was tried
}

BOOST_AUTO_TEST_CASE(a_network_that_cannot_be_made_skips_who_needs_it_and_nobody_else)
{
    Fleet fleet;
    fleet.declareNetwork("tools");
    fleet.declare("memory");
    fleet.declare("search").spec.networks = {{NetworkName("mcpctl-tools"), {"search"}}};
    FaultyOrchestrator faulty(fleet.orchestrator, failing("ensureNetworkExists mcpctl-tools", "no free subnet"));
    const auto outcomes = passOver(fleet, faulty);
    BOOST_TEST((of(outcomes, "mcpctl-tools").result == Result::failed));
    BOOST_TEST((of(outcomes, "mcpctl-dev-memory").result == Result::done));
    BOOST_TEST((of(outcomes, "mcpctl-dev-search").result == Result::skipped));
    BOOST_TEST(of(outcomes, "mcpctl-dev-search").error == "network mcpctl-tools could not be made");
}

BOOST_AUTO_TEST_CASE(an_image_is_pulled_once_for_all_servers_that_need_it)
{
    Fleet fleet;
    fleet.engine.change([](World& world) { world.tags.clear(); });
    for (const auto* name : {"a", "b", "c", "d", "e", "f"})
        fleet.declare(name);
    auto options = quickly();
    options.workers = 4;
    BOOST_TEST(allDone(fleet.run(fleet.plan(), options)));
    const auto journal = fleet.engine.journal();
    BOOST_TEST(std::count(journal.begin(), journal.end(), std::string("pull ") + appImage) == 1);
}

BOOST_AUTO_TEST_CASE(a_pull_that_fails_fails_every_server_of_that_image_and_no_other)
{
    Fleet fleet;
    fleet.moveTag("db:1", "db");
    fleet.engine.change(
        [](World& world)
        {
            world.tags.erase(appImage);
            world.registries[appImage].failure = "no basic auth credentials";
        });
    fleet.declare("a");
    fleet.declare("b");
    fleet.declare("c").spec.image = "db:1";
    const auto outcomes = fleet.apply();
    for (const auto* name : {"mcpctl-dev-a", "mcpctl-dev-b"})
        BOOST_TEST(of(outcomes, name).error.find("no basic auth credentials") != std::string::npos);
    BOOST_TEST((of(outcomes, "mcpctl-dev-c").result == Result::done));
}

BOOST_AUTO_TEST_CASE(an_image_that_went_away_since_the_plan_is_said)
{
    Fleet fleet;
    fleet.declare("memory");
    const auto plan = fleet.plan();
    fleet.engine.change([](World& world) { world.tags.clear(); });
    const auto outcomes = fleet.run(plan);
    BOOST_TEST(of(outcomes, "mcpctl-dev-memory").error ==
               "image registry.example.com/app:1 was there when the plan was made, and is gone");
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_missing_fails_its_server_before_anything_is_made)
{
    Fleet fleet;
    fleet.declare("memory").spec.env["TOKEN"] = EnvValue{"", "api-token", false};
    fleet.declare("search");
    const auto outcomes = fleet.apply();
    BOOST_TEST(of(outcomes, "mcpctl-dev-memory").error == "secret `api-token`, which TOKEN needs, is not there");
    BOOST_TEST((of(outcomes, "mcpctl-dev-search").result == Result::done));
    BOOST_TEST((findByName(fleet.engine.world(), "mcpctl-dev-memory") == nullptr));
}

BOOST_AUTO_TEST_CASE(a_secret_in_an_error_is_masked)
{
    Fleet fleet;
    fleet.declare("memory").spec.env["TOKEN"] = EnvValue{"hunter22", "api-token", true};
    FaultyOrchestrator faulty(fleet.orchestrator, failing("startServer", "bad env TOKEN=hunter22"));
    BOOST_TEST(of(passOver(fleet, faulty), "mcpctl-dev-memory").error == "bad env TOKEN=(secret)");
}

BOOST_AUTO_TEST_CASE(what_is_blocked_fails_with_its_reason_and_touches_nothing)
{
    Fleet fleet;
    fleet.declare("memory");
    fleet.apply();
    fleet.engine.clearJournal();
    fleet.addForeign("mcpctl-dev-search");
    fleet.declare("search");
    const auto outcomes = fleet.apply();
    BOOST_REQUIRE_EQUAL(outcomes.size(), 1U);
    BOOST_TEST((outcomes[0].result == Result::failed));
    BOOST_TEST(outcomes[0].error.find("the name is taken by") == 0U);
    BOOST_TEST(fleet.engine.journal().empty());
}

BOOST_AUTO_TEST_CASE(stopped_from_outside_no_further_step_begins_and_nothing_is_pruned)
{
    Fleet fleet;
    fleet.declare("old");
    fleet.apply();
    fleet.desired.instances.clear();
    for (const auto* name : {"a", "b", "c"})
        fleet.declare(name);
    std::stop_source source;
    const auto stopAtFirst = [&](const Progress& progress)
    {
        if (progress.kind == Progress::Kind::begun)
            source.request_stop();
    };
    const auto outcomes = passOver(fleet, fleet.orchestrator, source.get_token(), stopAtFirst);
    BOOST_TEST((of(outcomes, "mcpctl-dev-b").result == Result::skipped));
    BOOST_TEST(of(outcomes, "mcpctl-dev-b").error == "interrupted");
    BOOST_TEST((of(outcomes, "mcpctl-dev-old").result == Result::skipped));
    BOOST_TEST(allDone(fleet.apply()));
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(progress_tells_each_step_from_its_begin_to_its_end)
{
    Fleet fleet;
    fleet.engine.change([](World& world) { world.tags.clear(); });
    fleet.declare("memory");
    std::vector<Progress::Kind> seen;
    passOver(fleet, fleet.orchestrator, {}, [&](const Progress& progress) { seen.push_back(progress.kind); });
    using Kind = Progress::Kind;
    const std::vector<Kind> expected{Kind::begun, Kind::ended, // the network
                                     Kind::begun, Kind::pulling, Kind::waiting, Kind::ended};
    BOOST_TEST((seen == expected));
}

BOOST_AUTO_TEST_CASE(after_a_replace_that_was_rolled_back_nothing_is_pruned)
{
    Fleet fleet;
    fleet.declare("old");
    fleet.declare("memory");
    fleet.apply();
    fleet.desired.instances.erase(InstanceName("mcpctl-dev-old"));
    fleet["mcpctl-dev-memory"].spec.user = "2000";
    FaultyOrchestrator faulty(fleet.orchestrator,
                              [](bool after, const std::string& call)
                              {
                                  if (!after && call.starts_with("replaceServer"))
                                      throw OrchestratorError(OrchestratorError::Kind::rolledBack, "it coughs");
                              });
    const auto outcomes = passOver(fleet, faulty);
    BOOST_TEST((of(outcomes, "mcpctl-dev-memory").result == Result::rolledBack));
    BOOST_TEST((of(outcomes, "mcpctl-dev-old").result == Result::skipped));
    BOOST_TEST((fleet.container("mcpctl-dev-old").state == RunState::running));
}

BOOST_AUTO_TEST_SUITE_END()
