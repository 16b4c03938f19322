#include "support/watched.h"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace mcpctl;
using namespace mcpctl::test;
using namespace std::chrono_literals;

namespace
{

/// With a policy outside of the manifests.
struct WatchedWithPolicy : Watched
{
    WatchedWithPolicy()
    {
        say("  rules: {}\n");
        global.policies = {(folder.path() / "policy.yaml").string()};
    }

    /// Replaces the policy outside of the manifests.
    void say(const std::string& spec)
    {
        folder.write("policy.yaml",
                     "apiVersion: mcpctl/v1\nkind: SecurityPolicy\nmetadata: {name: house}\nspec:\n" + spec);
    }

    void stop() { thread = {}; }

    /// Denies server b alone.
    void denyOne(const std::string& enforce = "")
    {
        server("b", "  restart: always\n");
        wake(WakeReason::manifests);
        say("  rules: {restart-policy: {level: deny}}\n" + enforce);
    }
};

constexpr auto a = "mcpctl-dev-a";
constexpr auto b = "mcpctl-dev-b";
using Result = PassSummary::Result;

}

BOOST_AUTO_TEST_SUITE(watch_loop_test)

BOOST_AUTO_TEST_CASE(what_is_declared_runs_after_the_first_pass_and_an_idle_loop_asks_nobody)
{
    std::atomic<int> calls = 0;
    Watched watched;
    watched.start();
    BOOST_TEST(watched.runs(a));
    BOOST_TEST(watched.runs(b));
    BOOST_TEST((watched.wake(WakeReason::engine).result == Result::done));
    watched.engine.intercept([&](MemoryEngine::When, bool, const std::string&) { ++calls; });
    std::this_thread::sleep_for(1500ms); // longer than the loop waits between two signs of life
    BOOST_TEST(calls == 0);
    const auto state = watched.loop->state();
    BOOST_TEST(state->ready());
    BOOST_TEST(state->instances.size() == 2U);
    BOOST_TEST(state->plan.steps.empty());
}

BOOST_AUTO_TEST_CASE(it_is_told_when_there_is_nothing_to_do)
{
    std::atomic<int> quiet = 0;
    Watched watched;
    watched.listener.onQuiet = [&] { ++quiet; };
    watched.start();
    watched.eventually([&] { return quiet > 0; });
}

BOOST_AUTO_TEST_CASE(each_kind_of_drift_heals_at_the_next_wake_up)
{
    Watched watched;
    watched.start();
    auto& engine = watched.engine;
    const std::vector<std::function<void()>> drifts{
        [&] { watched.orchestrator.suspendServer(watched.idOf(a)); },
        [&] { engine.remove(watched.idOf(a)); },
        [&] { engine.crash(watched.idOf(a), 137); },
        [&] { engine.update(watched.idOf(a), Resources{}, RestartPolicy{}); },
        [&] { engine.disconnect(watched.idOf(a), NetworkName("mcpctl-network")); },
        [&] { engine.rename(watched.idOf(a), "somebody-else"); },
    };
    for (const auto& drift : drifts)
    {
        drift();
        watched.wake(WakeReason::asked);
        watched.eventually([&] { return watched.runs(a); });
        watched.eventually([&] { return watched.isSettled(); });
    }
}

BOOST_AUTO_TEST_CASE(broken_manifests_change_nothing_and_what_was_good_is_still_healed)
{
    Watched watched;
    watched.start();
    watched.folder.write("manifests/broken.yaml", "kind: [");
    BOOST_TEST((watched.wake(WakeReason::manifests).result == Result::invalid));
    BOOST_REQUIRE(watched.loop->state()->manifestErrors.size() == 1U);
    BOOST_TEST(watched.loop->state()->manifestErrors.front().find("broken.yaml:1:") != std::string::npos);
    watched.orchestrator.suspendServer(watched.idOf(b));
    watched.wake(WakeReason::engine);
    BOOST_TEST(watched.runs(b));
    watched.folder.write("manifests/broken.yaml", "");
    BOOST_TEST((watched.wake(WakeReason::manifests).result == Result::done));
    BOOST_TEST(watched.loop->state()->manifestErrors.empty());
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_gone_removes_nothing)
{
    Watched watched;
    watched.start();
    std::filesystem::rename(watched.folder.path() / "manifests", watched.folder.path() / "elsewhere");
    BOOST_TEST((watched.wake(WakeReason::manifests).result == Result::invalid));
    BOOST_TEST(watched.runs(a));
    std::filesystem::rename(watched.folder.path() / "elsewhere", watched.folder.path() / "manifests");
    BOOST_TEST((watched.wake(WakeReason::manifests).result == Result::done));
}

BOOST_AUTO_TEST_CASE(one_that_crashes_again_and_again_waits_longer_each_time_and_the_others_do_not)
{
    Watched watched;
    watched.server("a", "  restart: \"no\"\n  transport: {type: streamable-http, port: 80}\n");
    watched.start();
    watched.engine.crash(watched.idOf(a), 1);
    watched.wake(WakeReason::engine);
    BOOST_TEST(watched.runs(a)); // the first time it is started at once
    watched.engine.crash(watched.idOf(a), 1);
    watched.orchestrator.suspendServer(watched.idOf(b));
    watched.wake(WakeReason::engine);
    BOOST_TEST(!watched.runs(a));
    BOOST_TEST(watched.runs(b));
    auto held = watched.loop->state()->backoffs;
    BOOST_REQUIRE(held.contains(a));
    BOOST_TEST(held.at(a).why == "it ended with exit code 1");
    watched.eventually([&] { return watched.runs(a); }); // a second later, and nobody woke the loop
    watched.engine.crash(watched.idOf(a), 1);
    watched.wake(WakeReason::engine);
    held = watched.loop->state()->backoffs;
    BOOST_TEST(held.at(a).failures == 2);
    watched.wake(WakeReason::asked); // a person does not have to wait
    BOOST_TEST(watched.runs(a));
}

BOOST_AUTO_TEST_CASE(one_whose_wait_ends_while_a_pass_looks_is_tried_right_after_that_pass)
{
    std::atomic<bool> slow = true;
    Watched watched({400ms, 800ms, 600s});
    watched.server("a", "  restart: \"no\"\n  transport: {type: streamable-http, port: 80}\n");
    watched.start();
    watched.engine.crash(watched.idOf(a), 1);
    watched.wake(WakeReason::engine);
    watched.engine.crash(watched.idOf(a), 1);
    watched.engine.intercept(
        [&](MemoryEngine::When, bool, const std::string&)
        {
            if (slow.exchange(false))
                std::this_thread::sleep_for(500ms);
        });
    watched.wake(WakeReason::engine);
    watched.eventually([&] { return watched.runs(a); });
}

BOOST_AUTO_TEST_CASE(one_that_somebody_stops_again_and_again_is_started_at_once_each_time)
{
    Watched watched;
    watched.start();
    for (int i = 0; i < 5; ++i)
    {
        watched.loop->noteTouched(a);
        watched.orchestrator.suspendServer(watched.idOf(a));
        watched.wake(WakeReason::engine);
        BOOST_TEST(watched.runs(a));
    }
    BOOST_TEST(watched.loop->state()->backoffs.empty());
}

BOOST_AUTO_TEST_CASE(an_engine_that_is_away_is_tried_again_until_it_is_back)
{
    std::atomic<bool> away = true;
    Watched watched;
    watched.start();
    watched.engine.intercept(
        [&](MemoryEngine::When, bool, const std::string&)
        {
            if (away)
                throw OrchestratorError(OrchestratorError::Kind::unreachable, "nobody there");
        });
    BOOST_TEST((watched.wake(WakeReason::engine).result == Result::unreachable));
    BOOST_TEST(!watched.loop->state()->ready());
    BOOST_TEST(watched.loop->state()->engineError == "nobody there");
    away = false;
    watched.engine.remove(watched.idOf(a));
    watched.eventually([&] { return watched.runs(a); }); // of itself
    watched.eventually([&] { return watched.loop->state()->ready(); });
}

BOOST_AUTO_TEST_CASE(an_engine_that_stays_away_is_asked_less_and_less_often_and_never_forgotten)
{
    for (const bool fromTheStart : {true, false})
    {
        std::atomic<bool> away = fromTheStart;
        Watched watched;
        watched.engine.intercept(
            [&](MemoryEngine::When, bool, const std::string&)
            {
                if (away)
                    throw OrchestratorError(OrchestratorError::Kind::unreachable, "nobody there");
            });
        watched.start();
        away = true;
        BOOST_TEST((watched.wake(WakeReason::engine).result == Result::unreachable));
        std::this_thread::sleep_for(1900ms); // 100, 200, 400, 800 ms, and now it waits for longer than a sign of life
        {
            const std::lock_guard lock(watched.mutex);
            BOOST_TEST(watched.passes.size() < 12U);
        }
        away = false;
        watched.eventually([&] { return watched.loop->state()->ready() && watched.runs(a); });
    }
}

BOOST_AUTO_TEST_CASE(the_prune_guard_keeps_what_it_guards_and_the_rest_is_healed)
{
    Watched watched;
    std::string servers;
    for (int i = 0; i < 6; ++i)
    {
        watched.server("s" + std::to_string(i));
        servers += "- server: s" + std::to_string(i) + "\n    ";
    }
    watched.profile(servers + "- server: a");
    watched.start();
    watched.profile("- server: a");
    watched.orchestrator.suspendServer(watched.idOf(a));
    BOOST_TEST((watched.wake(WakeReason::manifests).result == Result::guarded));
    BOOST_TEST(watched.runs(a));
    BOOST_TEST(watched.runs("mcpctl-dev-s5"));
    BOOST_TEST(watched.loop->state()->guard.find("--prune-max") != std::string::npos);
    watched.profile(servers + "- server: a");
    BOOST_TEST((watched.wake(WakeReason::manifests).result == Result::done));
    BOOST_TEST(watched.loop->state()->guard.empty());
}

BOOST_AUTO_TEST_CASE(a_replace_that_waits_for_its_server_keeps_nobody_else_waiting)
{
    std::atomic<bool> ready = false;
    std::atomic<int> asked = 0;
    Watched watched;
    watched.options.probe = [&](const std::string&, const DesiredInstance&, const std::stop_token& stop)
    {
        ++asked;
        while (!ready && !stop.stop_requested())
            std::this_thread::sleep_for(1ms);
        return Readiness{ready, ready ? "" : "it says nothing"};
    };
    watched.start();
    const auto old = watched.idOf(a);
    watched.folder.write("manifests/a.yaml",
                         "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: a}\nspec:\n  image: " +
                             std::string(appImage) + "\n  envTemplate: {NEW: \"1\"}\n");
    watched.wake(WakeReason::manifests);
    watched.eventually([&] { return asked > 0; });
    watched.orchestrator.suspendServer(watched.idOf(b));
    watched.wake(WakeReason::engine);
    BOOST_TEST(watched.runs(b));
    BOOST_TEST(watched.runs(a)); // the old one or the new one
    ready = true;
    watched.eventually([&] { return watched.runs(a) && !watched.has(old); });
    watched.eventually(
        [&] {
            return watched.wake(WakeReason::engine).result == Result::done && watched.loop->state()->plan.steps.empty();
        });
}

BOOST_AUTO_TEST_CASE(a_pass_waits_for_whoever_holds_the_lock)
{
    Watched watched;
    watched.start();
    {
        const Lock lock(lockFolder(), watched.orchestrator.getEngineInfo().id, "mcpctl", "apply");
        watched.engine.remove(watched.idOf(a));
        BOOST_TEST((watched.wake(WakeReason::engine).result == Result::locked));
        BOOST_TEST(!watched.runs(a));
    }
    watched.eventually([&] { return watched.runs(a); });
}

BOOST_AUTO_TEST_CASE(a_stop_in_the_middle_of_anything_leaves_what_the_next_run_understands)
{
    for (int i = 0; i < 50; ++i)
    {
        Watched watched;
        watched.loop.emplace(watched.global, watched.options, watched.orchestrator, watched.wakeUp, watched.recorder,
                             watched.listener, watched.log);
        watched.thread = std::jthread([&](const std::stop_token& stop) { watched.loop->run(stop); });
        std::this_thread::sleep_for(std::chrono::microseconds(i * 100));
        watched.thread = {};
        watched.start();
        BOOST_TEST(watched.runs(a));
        BOOST_TEST(watched.runs(b));
        BOOST_TEST(watched.engine.world().containers.size() == 2U);
    }
}

BOOST_FIXTURE_TEST_CASE(a_policy_is_read_at_each_pass_and_what_runs_is_reported_and_stays, WatchedWithPolicy)
{
    start();
    denyOne();
    BOOST_TEST((wake(WakeReason::engine).result == PassSummary::Result::invalid));
    BOOST_REQUIRE(loop->state()->manifestErrors.size() == 1u);
    BOOST_TEST(loop->state()->manifestErrors[0].find("[restart-policy]") != std::string::npos);
    BOOST_TEST(runs("mcpctl-dev-b"));
    say("  rules: {}\n");
    BOOST_TEST((wake(WakeReason::engine).result == PassSummary::Result::done));
}

BOOST_FIXTURE_TEST_CASE(a_policy_that_stops_stops_what_it_denies_and_lets_it_run_again, WatchedWithPolicy)
{
    start();
    denyOne("  enforce: stop\n");
    eventually([&] { return wake(WakeReason::engine).result != PassSummary::Result::done && !runs("mcpctl-dev-b"); });
    BOOST_TEST(runs("mcpctl-dev-a"));
    const auto id = idOf("mcpctl-dev-b"); // stopped, not removed

    say("  rules: {restart-policy: {level: of}}\n"); // broken: nothing is allowed by that
    wake(WakeReason::engine);
    wake(WakeReason::engine);
    BOOST_TEST(!runs("mcpctl-dev-b"));

    say("  rules: {}\n");
    eventually([&] { return wake(WakeReason::engine).result == PassSummary::Result::done && runs("mcpctl-dev-b"); });
    BOOST_TEST(idOf("mcpctl-dev-b") == id);
}

BOOST_FIXTURE_TEST_CASE(manifests_that_are_denied_stop_nothing_while_what_runs_is_allowed, WatchedWithPolicy)
{
    say("  rules: {restart-policy: {level: deny}}\n  enforce: stop\n");
    start();
    server("b", "  restart: always\n");
    BOOST_TEST((wake(WakeReason::manifests).result == PassSummary::Result::invalid));
    wake(WakeReason::engine);
    BOOST_TEST(runs("mcpctl-dev-b"));
}

BOOST_FIXTURE_TEST_CASE(a_daemon_that_begins_when_one_is_denied_already_stops_that_and_changes_nothing_else,
                        WatchedWithPolicy)
{
    start();
    eventually([&] { return runs("mcpctl-dev-b"); });
    stop();
    server("b", "  restart: always\n");
    say("  rules: {restart-policy: {level: deny}}\n  enforce: stop\n");
    server("c");
    profile("- server: b\n    - server: c");
    start();
    BOOST_TEST(!runs("mcpctl-dev-b"));
    BOOST_TEST(runs("mcpctl-dev-a")); // no longer declared, and not removed
    BOOST_TEST(!runs("mcpctl-dev-c"));
}

BOOST_AUTO_TEST_CASE(a_manifest_that_breaks_does_not_remove_its_server)
{
    Watched watched;
    watched.start();
    watched.folder.write("manifests/a.yaml", "kind: [");
    BOOST_TEST((watched.wake(WakeReason::manifests).result == Result::invalid));
    BOOST_TEST((watched.wake(WakeReason::engine).result == Result::invalid));
    BOOST_TEST(watched.runs(a));
    BOOST_TEST(watched.runs(b));
}

BOOST_AUTO_TEST_CASE(a_stdio_server_that_ends_with_its_client_is_no_crash_however_often)
{
    Watched watched({200ms, 300s, 600s});
    watched.server("a", "  restart: \"no\"\n");
    watched.start();
    for (int i = 0; i < 4; ++i)
    {
        watched.engine.crash(watched.idOf(a), 0);
        watched.wake(WakeReason::engine);
        for (const auto& [instance, held] : watched.loop->state()->backoffs)
            BOOST_TEST(held.failures == 0);
        watched.eventually([&] { return watched.runs(a); });
    }
}

BOOST_AUTO_TEST_CASE(a_registry_is_asked_when_a_person_asks_and_at_each_resync_and_not_for_each_event)
{
    Watched watched({50ms, 300s, 600s});
    watched.server("a", "  pullPolicy: always\n");
    watched.start();
    for (const auto reason : {WakeReason::asked, WakeReason::resync, WakeReason::manifests})
    {
        const auto before = watched.idOf(a);
        watched.moveTag(appImage, std::string(toString(reason)));
        watched.engine.crash(watched.idOf(b), 1);
        watched.wake(WakeReason::engine);
        BOOST_TEST(watched.idOf(a) == before);
        watched.wake(reason);
        watched.eventually([&] { return watched.runs(b) && watched.runs(a) && !watched.has(before); });
    }
}

BOOST_AUTO_TEST_CASE(what_no_event_told_is_found_at_the_next_resync)
{
    Watched watched;
    watched.options.resync = 200ms;
    watched.start();
    watched.engine.remove(watched.idOf(a));
    watched.eventually([&] { return watched.runs(a); }); // nobody woke the loop
}

BOOST_AUTO_TEST_CASE(what_has_a_successor_that_cannot_be_made_stays)
{
    const std::vector<std::string> reasons{"  pullPolicy: never\n", "  pullPolicy: missing\n"};
    for (const auto& reason : reasons)
    {
        Watched watched;
        watched.start();
        watched.folder.write("manifests/c.yaml", "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: c}\nspec:\n"
                                                 "  image: registry.example.com/is-not-there:1\n" +
                                                     reason);
        watched.profile("- server: c\n    - server: b");
        BOOST_TEST((watched.wake(WakeReason::manifests).result == Result::failed));
        watched.wake(WakeReason::engine); // c has to wait now
        BOOST_TEST(watched.loop->state()->backoffs.contains("mcpctl-dev-c"));
        BOOST_TEST(watched.runs(a), reason);
    }
}

BOOST_AUTO_TEST_CASE(what_the_daemon_tells_has_no_value_of_a_variable)
{
    Watched watched;
    watched.server("a", "  envTemplate: {MODE: \"1\"}\n");
    watched.start();
    watched.wake(WakeReason::asked);
    BOOST_REQUIRE_EQUAL(watched.container(a).spec.env.count("MODE"), 1U);
    for (const auto& instance : watched.loop->state()->instances)
        BOOST_TEST(instance.spec.env.empty());
}

BOOST_AUTO_TEST_SUITE_END()
