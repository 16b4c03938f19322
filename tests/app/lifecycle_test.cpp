#include "app/lifecycle.h"

#include "model/fields.h"
#include "support/faulty_orchestrator.h"
#include "support/fleet.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

using When = RestartPolicy::When;

struct Fixture
{
    Fixture()
    {
        fleet.declare("a");
        fleet.declare("b").spec.restart.when = When::always;
        fleet.apply();
    }

    Outcomes run(LifecycleVerb verb, McpOrchestrator& orchestrator, const std::stop_token& stop = {})
    {
        LifecycleOptions options;
        options.workers = 2;
        options.wait = quickly().times;
        ended = 0;
        return runLifecycle(
            verb, fleet.orchestrator.listInstances(fleet.desired.project).ours, fleet.desired.project, orchestrator,
            options, [this](const Outcome&) { ++ended; }, stop);
    }

    Outcomes run(LifecycleVerb verb) { return run(verb, fleet.orchestrator); }

    Fleet fleet;
    int ended = 0;
};

}

BOOST_FIXTURE_TEST_SUITE(lifecycle_test, Fixture)

BOOST_AUTO_TEST_CASE(a_restart_changes_when_it_was_started_and_nothing_else)
{
    auto before = fleet.container("mcpctl-dev-b");
    BOOST_TEST(allDone(run(LifecycleVerb::restart)));
    BOOST_TEST(ended == 2);
    const auto after = fleet.container("mcpctl-dev-b");
    BOOST_TEST(after.startedAt > before.startedAt);
    before.startedAt = after.startedAt;
    before.exitCode = after.exitCode; // of the process that ended
    before.log = after.log;
    BOOST_TEST((after == before));
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(what_is_stopped_is_not_revived_and_start_makes_it_what_it_was)
{
    BOOST_TEST(allDone(run(LifecycleVerb::stop)));
    const auto stopped = fleet.container("mcpctl-dev-b");
    BOOST_TEST((stopped.state == RunState::exited));
    BOOST_TEST((stopped.spec.restart.when == When::no));
    BOOST_TEST(allDone(run(LifecycleVerb::stop))); // again
    BOOST_TEST(allDone(run(LifecycleVerb::start)));
    BOOST_TEST((fleet.container("mcpctl-dev-b").spec.restart.when == When::always));
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(the_next_apply_restores_what_is_declared)
{
    run(LifecycleVerb::stop);
    BOOST_TEST(allDone(fleet.apply()));
    BOOST_TEST((fleet.container("mcpctl-dev-b").state == RunState::running));
    BOOST_TEST((fleet.container("mcpctl-dev-b").spec.restart.when == When::always));
}

BOOST_AUTO_TEST_CASE(start_leaves_alone_what_runs)
{
    const auto before = fleet.container("mcpctl-dev-a");
    BOOST_TEST(allDone(run(LifecycleVerb::start)));
    BOOST_TEST((fleet.container("mcpctl-dev-a") == before));
}

BOOST_AUTO_TEST_CASE(one_that_fails_does_not_stop_the_others)
{
    const auto id = fleet.container("mcpctl-dev-a").id;
    FaultyOrchestrator faulty(fleet.orchestrator,
                              [id](bool after, const std::string& call)
                              {
                                  if (!after && call == "suspendServer " + id)
                                      throw OrchestratorError(OrchestratorError::Kind::failed, "the disk is full");
                              });
    const auto outcomes = run(LifecycleVerb::restart, faulty);
    BOOST_TEST((outcomes.at(0).result == Outcome::Result::failed));
    BOOST_TEST(outcomes.at(0).error == "the disk is full");
    BOOST_TEST((outcomes.at(1).result == Outcome::Result::done));
}

BOOST_AUTO_TEST_CASE(after_a_stop_request_nothing_more_is_begun)
{
    std::stop_source source;
    source.request_stop();
    const auto before = fleet.container("mcpctl-dev-a");
    for (const auto& outcome : run(LifecycleVerb::restart, fleet.orchestrator, source.get_token()))
        BOOST_TEST((outcome.result == Outcome::Result::skipped));
    BOOST_TEST((fleet.container("mcpctl-dev-a") == before));
}

BOOST_AUTO_TEST_CASE(the_policy_that_an_instance_was_made_with_is_found_in_its_marks)
{
    for (const auto when : {When::no, When::onFailure, When::always, When::unlessStopped})
    {
        ServerSpec made;
        made.restart.when = when;
        ObservedInstance stopped;
        stopped.marks.fieldHashes = fieldHashes(made);
        stopped.spec.restart.when = When::no;
        BOOST_TEST((policyFor(stopped).when == when));
        stopped.spec.restart.when = When::always; // it was not taken away
        BOOST_TEST((policyFor(stopped).when == When::always));
    }
    ObservedInstance unmarked;
    unmarked.spec.restart.when = When::no;
    BOOST_TEST((policyFor(unmarked).when == When::no));
}

BOOST_AUTO_TEST_SUITE_END()
