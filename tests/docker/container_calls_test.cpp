#include "docker/docker_orchestrator.h"
#include "docker/fake_engine.h"
#include "docker/sample_launch.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;

BOOST_AUTO_TEST_SUITE(container_calls_test)

BOOST_AUTO_TEST_CASE(a_process_that_ends_while_its_restart_policy_is_changed_is_stopped_all_the_same)
{
    // The words are of the engine's own look, or of runc.
    for (const auto* words : {"Cannot update container: cannot update a stopped container: unknown",
                              "Cannot update container: runc did not terminate successfully: exit status 1: container "
                              "not running: unknown"})
    {
        FakeEngine engine;
        const auto id = engine.add("mcpctl-p-a", true);
        engine.fail(1, FakeEngine::Fault::refused, words);
        docker::DockerOrchestrator orchestrator{std::make_shared<docker::Client>(engine.endpoint()),
                                                docker::Environment{}};
        BOOST_CHECK_NO_THROW(orchestrator.suspendServer(id));
        const std::vector<std::string> expected{"POST update", "POST update", "POST stop"};
        BOOST_TEST(engine.changes() == expected, boost::test_tools::per_element());
        BOOST_TEST(engine.boxes().at(id).restart == "no");
    }
}

BOOST_AUTO_TEST_CASE(what_somebody_removes_just_now_is_stopped_and_removed_without_an_error)
{
    FakeEngine engine;
    const auto id = engine.add("mcpctl-p-a", true);
    engine.fail(1, FakeEngine::Fault::refused,
                "Cannot update container x: container is marked for removal and cannot be \"update\"");
    docker::DockerOrchestrator orchestrator{std::make_shared<docker::Client>(engine.endpoint()), docker::Environment{}};
    BOOST_CHECK_NO_THROW(orchestrator.stopServer(id));
    BOOST_TEST(engine.boxes().empty());
}

BOOST_AUTO_TEST_CASE(a_restart_policy_that_the_engine_refuses_for_another_reason_is_an_error_and_nothing_is_stopped)
{
    FakeEngine engine;
    const auto id = engine.add("mcpctl-p-a", true);
    engine.fail(1, FakeEngine::Fault::refused);
    docker::DockerOrchestrator orchestrator{std::make_shared<docker::Client>(engine.endpoint()), docker::Environment{}};
    BOOST_CHECK_THROW(orchestrator.suspendServer(id), OrchestratorError);
    BOOST_TEST(engine.boxes().at(id).running);
}

BOOST_AUTO_TEST_CASE(what_an_earlier_try_made_is_used_unless_it_has_another_value_of_a_secret)
{
    FakeEngine engine;
    auto launch = sampleLaunch();
    const auto leftover = engine.add(launch.name.text, false);
    docker::DockerOrchestrator orchestrator{std::make_shared<docker::Client>(engine.endpoint()), docker::Environment{}};
    launch.spec.env["A"] = EnvValue{"another value", "a", true};
    BOOST_CHECK_THROW(orchestrator.startServer(launch), OrchestratorError);
    BOOST_TEST(!engine.boxes().at(leftover).running);
    launch.spec.env["A"].text = "1";
    BOOST_TEST(orchestrator.startServer(launch) == leftover);
    BOOST_TEST(engine.boxes().at(leftover).running);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken_by_what_nobody_sees_yet_is_asked_for_again)
{
    FakeEngine engine;
    engine.answer(1, 409, false);
    docker::DockerOrchestrator orchestrator{std::make_shared<docker::Client>(engine.endpoint()), docker::Environment{}};
    const auto id = orchestrator.startServer(sampleLaunch());
    BOOST_TEST(engine.boxes().at(id).running);
}

BOOST_AUTO_TEST_SUITE_END()
