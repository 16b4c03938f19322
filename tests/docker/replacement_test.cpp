#include "docker/docker_orchestrator.h"

#include "docker/fake_engine.h"
#include "docker/names.h"
#include "docker/sample_launch.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;
using Fault = FakeEngine::Fault;
using Kind = OrchestratorError::Kind;

namespace mcpctl::test
{
std::ostream& boost_test_print_type(std::ostream& out, FakeEngine::Fault fault)
{
    return out << "fault " << static_cast<int>(fault);
}
}

namespace
{

struct World
{
    FakeEngine engine;
    Launch launch = sampleLaunch();
    std::string old = engine.add(launch.name.text, true);
    docker::DockerOrchestrator orchestrator{std::make_shared<docker::Client>(engine.endpoint()), docker::Environment{}};

    /// The kind of the error; nothing when it succeeds.
    std::optional<Kind> replace(const Readiness& readiness = {true, ""})
    {
        try
        {
            orchestrator.replaceServer(launch, old, [&](const std::string&) { return readiness; });
            return std::nullopt;
        }
        catch (const OrchestratorError& error)
        {
            BOOST_TEST_MESSAGE(error.what());
            return error.kind();
        }
    }

    /// The one that has the instance's name.
    std::optional<FakeEngine::Box> current() const
    {
        for (const auto& [id, box] : engine.boxes())
            if (box.name == launch.name.text)
                return box;
        return std::nullopt;
    }

    /// The same, which has to be there and to run, beside nothing but parts of the same replace.
    FakeEngine::Box served() const
    {
        const auto now = current();
        BOOST_REQUIRE(now.has_value());
        BOOST_TEST(now->running);
        for (const auto& [id, box] : engine.boxes())
            BOOST_TEST(docker::isNameOf(box.name, launch.name.text), box.name);
        return *now;
    }

    bool oldIsBack() const
    {
        const auto now = current();
        return engine.boxes().size() == 1 && now && now->id == old && now->running && now->restart == "unless-stopped";
    }
};

}

BOOST_AUTO_TEST_SUITE(replacement_test)

BOOST_AUTO_TEST_CASE(the_old_one_is_touched_only_when_the_new_one_is_made_and_removed_only_when_that_is_ready)
{
    World world;
    BOOST_TEST(!world.replace().has_value());
    const std::vector<std::string> expected{"POST create", "POST update", "POST stop",          "POST rename",
                                            "POST rename", "POST start",  "DELETE " + world.old};
    BOOST_TEST(world.engine.changes() == expected, boost::test_tools::per_element());
    BOOST_TEST(world.engine.boxes().size() == 1U);
    BOOST_TEST(world.current()->running);
    BOOST_TEST(world.current()->id != world.old);
}

BOOST_AUTO_TEST_CASE(one_that_is_not_ready_gives_way)
{
    World world;
    BOOST_TEST((world.replace({false, "it coughs"}) == Kind::rolledBack));
    BOOST_TEST(world.oldIsBack());
}

BOOST_AUTO_TEST_CASE(an_old_one_that_is_gone_is_an_error_and_makes_nothing)
{
    World world;
    world.old = std::string(64, 'f');
    BOOST_TEST((world.replace() == Kind::notFound));
    BOOST_TEST(world.engine.changes().empty());
}

BOOST_DATA_TEST_CASE(whichever_call_fails_and_however_no_server_is_lost,
                     boost::unit_test::data::xrange(1, 9) *
                         boost::unit_test::data::make({Fault::refused, Fault::lostBefore, Fault::lostAfter}),
                     call, fault)
{
    World world;
    world.engine.fail(call, fault);
    const auto error = world.replace();
    const auto now = world.served();
    if (!error)
        BOOST_TEST((world.engine.boxes().size() == 1 && now.id != world.old));
    else if (*error == Kind::rolledBack || call == 1) // the first is the creation: nothing was touched yet
        BOOST_TEST(world.oldIsBack());
    else
        BOOST_TEST((call == 7 && now.id != world.old)); // only the removal of the old one is missing
}

/// A removal that is refused with 409 is under way by somebody else, and is waited for.
bool isWaitedFor(int call, int status, bool done)
{
    return call == 7 && status == 409 && !done;
}

BOOST_DATA_TEST_CASE(whichever_call_is_answered_with_whichever_status_done_or_not_no_server_is_lost,
                     boost::unit_test::data::xrange(1, 8) *
                         boost::unit_test::data::make({400, 401, 403, 404, 409, 429, 500, 502, 503, 504}) *
                         boost::unit_test::data::make({true, false}),
                     call, status, done)
{
    if (isWaitedFor(call, status, done))
        return;
    World world;
    world.engine.answer(call, status, done);
    const auto error = world.replace();
    const auto now = world.served();
    if (!error)
        BOOST_TEST(now.id != world.old);
    else if (*error == Kind::rolledBack)
        BOOST_TEST(world.oldIsBack());
}

BOOST_DATA_TEST_CASE(whichever_call_of_the_way_back_fails_the_old_one_is_still_there,
                     boost::unit_test::data::xrange(7, 12) *
                         boost::unit_test::data::make({Fault::refused, Fault::lostBefore, Fault::lostAfter}),
                     call, fault)
{
    World world;
    world.engine.fail(call, fault);
    const auto error = world.replace({false, "it coughs"});
    BOOST_REQUIRE(error.has_value());
    const auto boxes = world.engine.boxes();
    BOOST_REQUIRE(boxes.contains(world.old));
    for (const auto& [id, box] : boxes)
        BOOST_TEST(docker::isNameOf(box.name, world.launch.name.text), box.name);
    if (*error == Kind::rolledBack)
        BOOST_TEST(world.oldIsBack());
}

BOOST_AUTO_TEST_CASE(one_that_is_not_as_asked_for_is_removed_and_the_old_one_not_touched)
{
    World world;
    world.launch.spec.resources.memoryBytes *= 2; // the engine drops it
    BOOST_TEST((world.replace() == Kind::notEnforced));
    BOOST_TEST(world.oldIsBack());
    BOOST_TEST(world.engine.changes().size() == 2U); // made and removed
}

BOOST_AUTO_TEST_SUITE_END()
