#include "app/prober.h"

#include "support/echo_server.h"
#include "support/fleet.h"
#include "support/inhabited_orchestrator.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

using std::chrono::milliseconds;

struct Fixture
{
    Fixture()
    {
        want = fleet.declare("memory");
        want.spec.health.timeout = std::chrono::seconds(2);
    }

    Readiness ask(const std::stop_token& stop = {}) { return prober.untilReady("id", want, stop); }

    /// What it says after it was asked in vain for a while.
    Readiness askInVain(milliseconds time = milliseconds(400))
    {
        std::stop_source source;
        const std::jthread stopper(
            [&]
            {
                std::this_thread::sleep_for(time);
                source.request_stop();
            });
        return ask(source.get_token());
    }

    void overHttp(HealthCheck::Type type)
    {
        want.spec.transport = {Transport::Type::streamableHttp, 3001, "/mcp"};
        want.spec.health.type = type;
        want.spec.health.path = "/";
    }

    Fleet fleet;
    InhabitedOrchestrator engine{fleet.orchestrator};
    Prober prober{engine};
    DesiredInstance want;
};

}

BOOST_FIXTURE_TEST_SUITE(prober_test, Fixture)

BOOST_AUTO_TEST_CASE(a_stdio_server_is_asked_beside_and_what_it_says_is_kept)
{
    const auto readiness = ask();
    BOOST_TEST(readiness.ready);
    BOOST_TEST(readiness.why == "mcp-echo 1.0.0 speaks MCP 2026-07-28, 6 tools");
    BOOST_TEST(engine.begun == 1);
    BOOST_TEST(prober.found().at("id").serverName == "mcp-echo");
}

BOOST_AUTO_TEST_CASE(a_server_that_comes_up_late_is_asked_again)
{
    overHttp(HealthCheck::Type::mcp);
    const EchoServer server;
    const std::jthread later(
        [&]
        {
            std::this_thread::sleep_for(milliseconds(300));
            engine.port = server.port();
        });
    BOOST_TEST(ask().ready);
    BOOST_TEST(engine.begun > 2);
}

BOOST_AUTO_TEST_CASE(stopped_it_tells_what_stood_in_the_way)
{
    overHttp(HealthCheck::Type::mcp);
    BOOST_TEST(askInVain().why == "nothing listens there");
    const EchoServer web({"--web"});
    engine.port = web.port();
    const auto readiness = askInVain();
    BOOST_TEST(!readiness.ready);
    BOOST_TEST(readiness.why == "it does not know `initialize`: HTTP 404 with a web page");
    BOOST_TEST(prober.found().empty());
}

BOOST_AUTO_TEST_CASE(a_server_that_wants_authorisation_is_ready_and_that_is_said)
{
    overHttp(HealthCheck::Type::mcp);
    const EchoServer server({"--token", "x"});
    engine.port = server.port();
    const auto readiness = ask();
    BOOST_TEST(readiness.ready);
    BOOST_TEST(readiness.why == "it asks for authorisation (HTTP 401)");
}

BOOST_AUTO_TEST_CASE(a_page_and_a_port_are_asked_where_that_is_declared)
{
    const EchoServer web({"--web"});
    overHttp(HealthCheck::Type::http);
    BOOST_TEST(!askInVain().ready);
    engine.port = web.port();
    BOOST_TEST(ask().why == "GET / answers HTTP 200");
    overHttp(HealthCheck::Type::tcp);
    BOOST_TEST(ask().why == "port 3001 accepts connections");
    engine.port = 0;
    BOOST_TEST(askInVain().why == "nothing listens there");
}

BOOST_AUTO_TEST_CASE(the_engines_own_check_is_waited_for_and_its_no_is_final)
{
    using Status = Health::Status;
    want.spec.health.type = HealthCheck::Type::command;
    engine.health = {{}, {Status::starting, true, ""}, {Status::healthy, true, "ok"}};
    BOOST_TEST(ask().ready);
    engine.health = {{}, {Status::starting, true, ""}, {Status::unhealthy, true, "no such file"}};
    const auto readiness = ask();
    BOOST_TEST(!readiness.ready);
    BOOST_TEST(readiness.why == "the engine says unhealthy: no such file");
    BOOST_TEST(engine.begun == 0);
}

BOOST_AUTO_TEST_CASE(an_image_without_a_check_is_judged_by_whether_it_runs)
{
    want.spec.health.type = HealthCheck::Type::image;
    engine.health = {{Health::Status::healthy, false, ""}};
    BOOST_TEST(ask().ready);
}

BOOST_AUTO_TEST_SUITE_END()
