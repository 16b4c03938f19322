#include "app/health_watch.h"

#include "support/echo_server.h"
#include "support/fleet.h"
#include "support/inhabited_orchestrator.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>

using namespace mcpctl;
using namespace mcpctl::test;
using namespace std::chrono_literals;

namespace
{

/// One instance, what is declared of it, and who asks it.
struct Patient
{
    Patient()
    {
        ::setenv("XDG_STATE_HOME", folder.path().c_str(), 1);
        want = fleet.declare("memory");
        want.spec.health.timeout = 2s;
        want.spec.health.startPeriod = 0s;
        want.spec.health.interval = 1s;
        want.spec.health.retries = 2;
        instance.name = want.name.text;
        instance.id = "id";
        instance.state = RunState::running;
        instance.startedAt = "2026-01-01T00:00:00Z";
        instance.spec.transport = want.spec.transport;
    }
    ~Patient() { ::unsetenv("XDG_STATE_HOME"); }

    void overHttp()
    {
        want.spec.transport = {Transport::Type::streamableHttp, 3001, "/mcp"};
        want.spec.keepsStdin = false;
        instance.spec.transport = want.spec.transport;
        instance.spec.keepsStdin = false;
    }

    /// What is there now, and what is declared.
    void publish()
    {
        auto desired = std::make_shared<DesiredState>();
        desired->instances[want.name] = want;
        auto next = std::make_shared<DaemonState>();
        next->instances = {instance};
        next->desired = desired;
        next->engineId = "engine";
        const std::lock_guard lock(mutex);
        state = std::move(next);
    }

    void watch()
    {
        publish();
        watching.emplace(prober,
                         HealthWatch::World{.state =
                                                [this]
                                            {
                                                const std::lock_guard lock(mutex);
                                                return state;
                                            },
                                            .scrub = [](const std::string& text) { return "scrubbed: " + text; },
                                            .tell =
                                                [this](const HealthWatch::Found& all)
                                            {
                                                const std::lock_guard lock(mutex);
                                                found = all;
                                                ++told;
                                                changed.notify_all();
                                            }},
                         log);
    }

    /// Waits for the next thing that is told; nothing: nothing was, in that time.
    std::optional<ServerHealth> next(std::chrono::milliseconds within = 8s)
    {
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, within, [this] { return told > seen; }))
            return std::nullopt;
        seen = told;
        const auto one = found.find(instance.name);
        return one == found.end() ? ServerHealth{false, "unknown", 0, {}} : one->second;
    }

    TemporaryFolder folder;
    Fleet fleet;
    InhabitedOrchestrator engine{fleet.orchestrator};
    Prober prober{engine};
    Log log{LogLevel::info, [this](const std::string& line) { lines += line; }};
    std::string lines;
    DesiredInstance want;
    ObservedInstance instance;

    std::mutex mutex;
    std::condition_variable changed;
    std::shared_ptr<const DaemonState> state;
    HealthWatch::Found found;
    int told = 0;
    int seen = 0;
    std::optional<HealthWatch> watching; ///< last: its thread uses the rest
};

}

BOOST_FIXTURE_TEST_SUITE(health_watch_test, Patient)

BOOST_AUTO_TEST_CASE(a_stdio_server_is_asked_once_in_the_life_of_its_process)
{
    watch();
    const auto health = next();
    BOOST_REQUIRE(health.has_value());
    BOOST_TEST(health->ready);
    BOOST_TEST(health->why == "scrubbed: mcp-echo 1.0.0 speaks MCP 2026-07-28, 6 tools");
    BOOST_TEST(health->mcp->serverName == "mcp-echo");
    BOOST_TEST(!next(2500ms).has_value());
    BOOST_TEST(engine.begun == 1);

    instance.startedAt = "2026-01-01T00:01:00Z";
    publish();
    BOOST_TEST(next()->ready);
    BOOST_TEST(engine.begun == 2);
}

BOOST_AUTO_TEST_CASE(what_it_said_outlives_the_daemon)
{
    watch();
    BOOST_TEST(next()->ready);
    watching.reset();
    watch();
    BOOST_TEST(next()->mcp->serverName == "mcp-echo");
    BOOST_TEST(engine.begun == 1);
}

BOOST_AUTO_TEST_CASE(a_server_with_a_port_is_asked_again_and_again_and_told_when_it_fails_as_often_as_declared)
{
    overHttp();
    const EchoServer server;
    engine.port = server.port();
    watch();
    BOOST_TEST(next()->ready);
    engine.port = 0;
    const auto ill = next();
    BOOST_TEST(!ill->ready);
    BOOST_TEST(ill->why == "scrubbed: nothing listens there");
    BOOST_TEST(lines.find("is not well: scrubbed: nothing listens there") != std::string::npos);
    engine.port = server.port();
    BOOST_TEST(next()->ready);
    BOOST_TEST(lines.find("is well again") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_failure_and_a_start_that_takes_its_time_are_no_news)
{
    overHttp();
    want.spec.health.startPeriod = 60s;
    watch();
    BOOST_TEST(!next(3500ms).has_value());
    const EchoServer server;
    engine.port = server.port();
    BOOST_TEST(next()->ready);
}

BOOST_AUTO_TEST_CASE(what_does_not_run_is_known_no_more)
{
    watch();
    BOOST_TEST(next()->ready);
    instance.state = RunState::exited;
    publish();
    BOOST_TEST(next()->why == "unknown");
}

BOOST_AUTO_TEST_CASE(nobody_asks_what_is_switched_off_or_has_no_check_of_ours)
{
    want.spec.health.type = HealthCheck::Type::none;
    watch();
    BOOST_TEST(!next(1500ms).has_value());
    want.spec.health.type = HealthCheck::Type::mcp;
    want.enabled = false;
    publish();
    BOOST_TEST(!next(1500ms).has_value());
    BOOST_TEST(engine.begun == 0);
}

BOOST_AUTO_TEST_SUITE_END()
