#include "support/faulty_orchestrator.h"
#include "support/fleet.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

using Result = Outcome::Result;
constexpr auto newImage = "registry.example.com/app:2";

/// One running instance whose manifest asks for an image that behaves as said.
struct Upgrade : Fleet
{
    explicit Upgrade(Behaviour behaviour)
    {
        declare("memory");
        apply();
        oldId = container("mcpctl-dev-memory").id;
        moveTag(newImage, "version 2");
        engine.change([&](World& world) { world.images.at(world.tags.at(newImage)).behaviour = behaviour; });
        (*this)["mcpctl-dev-memory"].spec.image = newImage;
    }

    Outcome onlyOutcome()
    {
        const auto outcomes = apply();
        BOOST_REQUIRE_EQUAL(outcomes.size(), 1U);
        return outcomes[0];
    }

    void oldOneRunsAsBefore() const
    {
        const auto live = container("mcpctl-dev-memory");
        BOOST_TEST(live.id == oldId);
        BOOST_TEST((live.state == RunState::running));
        BOOST_TEST((live.spec.restart.when == RestartPolicy::When::unlessStopped));
        BOOST_TEST(engine.world().containers.size() == 1U);
    }

    std::string oldId;
};

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

}

BOOST_AUTO_TEST_SUITE(rollback_test)

BOOST_AUTO_TEST_CASE(a_new_one_that_gets_ready_takes_the_place_of_the_old_one)
{
    Upgrade fleet({});
    BOOST_TEST((fleet.onlyOutcome().result == Result::done));
    BOOST_TEST(fleet.container("mcpctl-dev-memory").id != fleet.oldId);
    BOOST_TEST(fleet.engine.world().containers.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_new_one_that_ends_again_and_again_is_taken_back_and_its_last_words_are_told)
{
    Upgrade fleet({Behaviour::Kind::ends, {}, 3, false, {"loading", "Error: no such module"}});
    const auto outcome = fleet.onlyOutcome();
    BOOST_TEST((outcome.result == Result::rolledBack));
    BOOST_TEST(contains(outcome.error, "it ends again and again (exit code 3)"));
    BOOST_TEST(contains(outcome.error, "\n  | Error: no such module"));
    fleet.oldOneRunsAsBefore();
}

BOOST_AUTO_TEST_CASE(a_new_one_that_runs_out_of_memory_is_taken_back_and_that_is_told)
{
    Upgrade fleet({Behaviour::Kind::ends, {}, 137, true, {}});
    const auto outcome = fleet.onlyOutcome();
    BOOST_TEST((outcome.result == Result::rolledBack));
    BOOST_TEST(contains(outcome.error, "(exit code 137, out of memory)"));
    BOOST_TEST(contains(outcome.error, "it logged nothing"));
    fleet.oldOneRunsAsBefore();
}

BOOST_AUTO_TEST_CASE(a_new_one_that_ends_for_good_is_taken_back)
{
    Upgrade fleet({Behaviour::Kind::ends, {}, 0, false, {}});
    fleet["mcpctl-dev-memory"].spec.restart.when = RestartPolicy::When::onFailure;
    const auto outcome = fleet.onlyOutcome();
    BOOST_TEST((outcome.result == Result::rolledBack));
    BOOST_TEST(contains(outcome.error, "it ended (exit code 0)"));
    BOOST_TEST((fleet.container("mcpctl-dev-memory").state == RunState::running));
}

BOOST_AUTO_TEST_CASE(a_new_one_that_cannot_be_started_is_taken_back)
{
    Upgrade fleet({Behaviour::Kind::neverStarts, {}, 127, false, {}});
    const auto outcome = fleet.onlyOutcome();
    BOOST_TEST((outcome.result == Result::rolledBack));
    BOOST_TEST(contains(outcome.error, "no such file or directory"));
    fleet.oldOneRunsAsBefore();
}

BOOST_AUTO_TEST_CASE(a_new_one_that_cannot_even_be_made_leaves_the_old_one_alone)
{
    Upgrade fleet({});
    fleet.engine.ignoreLimits(true);
    const auto outcome = fleet.onlyOutcome();
    BOOST_TEST((outcome.result == Result::failed));
    fleet.oldOneRunsAsBefore();
}

BOOST_AUTO_TEST_CASE(rolled_back_again_at_the_next_pass_the_old_one_still_runs)
{
    Upgrade fleet({Behaviour::Kind::ends, {}, 1, false, {}});
    BOOST_TEST((fleet.onlyOutcome().result == Result::rolledBack));
    BOOST_TEST((fleet.onlyOutcome().result == Result::rolledBack));
    fleet.oldOneRunsAsBefore();
}

BOOST_AUTO_TEST_CASE(stopped_from_outside_while_it_waits_the_old_one_comes_back)
{
    Upgrade fleet({});
    auto options = quickly();
    options.times.settle = std::chrono::seconds(60);
    options.times.timeout = std::chrono::seconds(60);
    std::stop_source source;
    fleet.engine.intercept(
        [&](MemoryEngine::When when, bool, const std::string& call)
        {
            if (when == MemoryEngine::When::after && call.starts_with("start "))
                source.request_stop();
        });
    const auto outcomes = apply(fleet.plan(), fleet.desired, fleet.orchestrator, options, {}, source.get_token());
    BOOST_TEST((outcomes.at(0).result == Result::rolledBack));
    BOOST_TEST(contains(outcomes.at(0).error, "interrupted"));
    fleet.oldOneRunsAsBefore();
}

BOOST_AUTO_TEST_CASE(an_interrupted_replace_whose_new_one_cannot_be_started_is_taken_back)
{
    Upgrade fleet({Behaviour::Kind::neverStarts, {}, 127, false, {}});
    bool struck = false;
    fleet.engine.intercept(
        [&](MemoryEngine::When when, bool, const std::string& call)
        {
            struck = struck || (when == MemoryEngine::When::before && call.starts_with("start "));
            if (struck)
                throw Killed{};
        });
    BOOST_CHECK_THROW(fleet.apply(), Killed);
    fleet.engine.intercept({});
    const auto outcome = fleet.onlyOutcome();
    BOOST_TEST(outcome.verb == "recover");
    BOOST_TEST((outcome.result == Result::rolledBack));
    fleet.oldOneRunsAsBefore();
}

BOOST_AUTO_TEST_CASE(a_created_one_that_ends_again_and_again_is_a_failure_and_is_kept_to_be_looked_at)
{
    Fleet fleet;
    fleet.engine.change(
        [](World& world) {
            world.images.at(world.tags.at(appImage)).behaviour = {Behaviour::Kind::ends, {}, 1, false, {"oh no"}};
        });
    fleet.declare("memory");
    const auto outcome = fleet.apply().at(1);
    BOOST_TEST((outcome.result == Result::failed));
    BOOST_TEST(contains(outcome.error, "started, and not ready: it ends again and again"));
    BOOST_TEST(contains(outcome.error, "oh no"));
    BOOST_TEST((findByName(fleet.engine.world(), "mcpctl-dev-memory") != nullptr));
}

BOOST_AUTO_TEST_CASE(secrets_of_several_lines_in_last_words_are_masked)
{
    Upgrade fleet(
        {Behaviour::Kind::ends, {}, 1, false, {"key:", "-----BEGIN KEY-----", "c2VjcmV0IQ==", "-----END KEY-----"}});
    fleet["mcpctl-dev-memory"].spec.env["KEY"] =
        EnvValue{"-----BEGIN KEY-----\nc2VjcmV0IQ==\n-----END KEY-----\n", "key", true};
    BOOST_TEST(!contains(fleet.onlyOutcome().error, "c2VjcmV0IQ=="));
}

BOOST_AUTO_TEST_SUITE_END()
