#include "apply/ready_watcher.h"
#include "support/fleet.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

using std::chrono::milliseconds;

constexpr RestartPolicy revived{RestartPolicy::When::unlessStopped};
constexpr RestartPolicy onFailure{RestartPolicy::When::onFailure};

/// A running instance whose image stays up, and a watcher for it.
struct Watched : Fleet
{
    explicit Watched(milliseconds settle, milliseconds timeout = milliseconds(5000))
    {
        declare("memory");
        apply();
        id = container("mcpctl-dev-memory").id;
        watcher.emplace(orchestrator, desired.project, ReadyWatcher::Times{settle, timeout});
    }

    Readiness wait(const RestartPolicy& restart = revived) const { return watcher->wait(id, restart, {}); }
    /// wait() on another thread.
    std::future<Readiness> waiting(const RestartPolicy& restart = revived) const
    {
        return std::async(std::launch::async, [this, restart] { return wait(restart); });
    }

    std::string id;
    std::optional<ReadyWatcher> watcher;
};

}

BOOST_AUTO_TEST_SUITE(ready_watcher_test)

BOOST_AUTO_TEST_CASE(what_runs_for_the_settle_time_is_ready)
{
    const Watched fleet(milliseconds(20));
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST(fleet.wait().ready);
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= milliseconds(20)));
}

BOOST_AUTO_TEST_CASE(what_ended_for_good_is_not_ready_and_its_last_words_are_told)
{
    Watched fleet(milliseconds(5000));
    fleet.change("mcpctl-dev-memory",
                 [](MemoryContainer& live)
                 {
                     live.spec.restart.when = RestartPolicy::When::no;
                     live.log = {{"Error: \x1b[31mno such file\n"}};
                 });
    fleet.engine.crash(fleet.id, 2);
    const auto readiness = fleet.wait({RestartPolicy::When::no});
    BOOST_TEST(!readiness.ready);
    BOOST_TEST(readiness.why == "it ended (exit code 2); the last of its log:\n  | Error: ?[31mno such file");
}

BOOST_AUTO_TEST_CASE(on_failure_a_good_end_is_an_end)
{
    Watched fleet(milliseconds(5000));
    fleet.change("mcpctl-dev-memory", [](MemoryContainer& live) { live.spec.restart = onFailure; });
    fleet.engine.crash(fleet.id, 0);
    BOOST_TEST(fleet.wait(onFailure).why.find("it ended (exit code 0)") == 0U);
}

BOOST_AUTO_TEST_CASE(one_end_and_a_revival_is_ready_when_it_then_settles)
{
    Watched fleet(milliseconds(20));
    fleet.engine.crash(fleet.id, 1);
    BOOST_TEST(fleet.wait().ready);
}

BOOST_AUTO_TEST_CASE(three_ends_are_a_crash_loop_whatever_the_policy)
{
    Watched fleet(milliseconds(5000));
    for (int i = 0; i < 3; ++i)
    {
        fleet.engine.crash(fleet.id, 137, true);
        fleet.engine.start(fleet.id);
    }
    BOOST_TEST(fleet.wait().why.find("it ends again and again (exit code 137, out of memory)") == 0U);
}

BOOST_AUTO_TEST_CASE(an_end_while_somebody_waits_is_noticed_at_once)
{
    Watched fleet(milliseconds(5000));
    fleet.change("mcpctl-dev-memory", [](MemoryContainer& live) { live.spec.restart.when = RestartPolicy::When::no; });
    auto waiting = fleet.waiting({RestartPolicy::When::no});
    fleet.engine.crash(fleet.id, 1);
    BOOST_TEST((waiting.wait_for(milliseconds(2000)) == std::future_status::ready));
    BOOST_TEST(!waiting.get().ready);
}

BOOST_AUTO_TEST_CASE(what_somebody_removes_is_not_waited_for_although_its_policy_revives_it)
{
    Watched fleet(milliseconds(5000), milliseconds(60'000));
    auto waiting = fleet.waiting(revived);
    fleet.engine.remove(fleet.id);
    BOOST_TEST((waiting.wait_for(milliseconds(4000)) == std::future_status::ready));
    BOOST_TEST(waiting.get().why == "it was removed");
}

BOOST_AUTO_TEST_CASE(what_is_not_revived_in_time_is_given_up)
{
    Watched fleet(milliseconds(1), milliseconds(30));
    fleet.change("mcpctl-dev-memory", [](MemoryContainer& live) { live.spec.restart.when = RestartPolicy::When::no; });
    fleet.engine.crash(fleet.id, 1);
    // The declared policy says that the engine will, and it does not.
    BOOST_TEST(fleet.wait(revived).why.find("it did not settle within") == 0U);
}

BOOST_AUTO_TEST_CASE(a_change_of_limits_does_not_count_the_time_anew)
{
    Watched fleet(milliseconds(200));
    auto waiting = fleet.waiting();
    const auto live = fleet.container("mcpctl-dev-memory");
    const auto begin = std::chrono::steady_clock::now();
    while (waiting.wait_for(milliseconds(20)) != std::future_status::ready &&
           std::chrono::steady_clock::now() - begin < milliseconds(4000))
        fleet.engine.update(fleet.id, live.spec.resources, live.spec.restart);
    BOOST_TEST((std::chrono::steady_clock::now() - begin < milliseconds(3000)));
    BOOST_TEST(waiting.get().ready);
}

BOOST_AUTO_TEST_CASE(when_the_stream_of_events_breaks_nothing_is_called_ready)
{
    Watched fleet(milliseconds(5000));
    auto waiting = fleet.waiting();
    fleet.engine.events().breakStreams("connection reset");
    BOOST_TEST(waiting.get().why == "cannot see the engine's events: connection reset");
}

BOOST_AUTO_TEST_CASE(who_waits_can_be_interrupted)
{
    Watched fleet(milliseconds(5000));
    std::stop_source source;
    auto waiting =
        std::async(std::launch::async, [&] { return fleet.watcher->wait(fleet.id, revived, source.get_token()); });
    source.request_stop();
    BOOST_TEST(waiting.get().why == "interrupted");
}

BOOST_AUTO_TEST_CASE(events_of_others_are_of_no_concern)
{
    Watched fleet(milliseconds(20));
    fleet.declare("search");
    fleet.apply();
    fleet.engine.crash(fleet.container("mcpctl-dev-search").id, 1);
    BOOST_TEST(fleet.wait().ready);
}

BOOST_AUTO_TEST_CASE(what_can_be_asked_is_ready_when_it_says_so_and_has_settled)
{
    const Watched fleet(milliseconds(50));
    const auto begin = std::chrono::steady_clock::now();
    const auto readiness = fleet.watcher->wait(fleet.id, revived, {},
                                               [](const std::stop_token&) {
                                                   return Readiness{true, "it speaks"};
                                               });
    BOOST_TEST(readiness.ready);
    BOOST_TEST(readiness.why == "it speaks");
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= milliseconds(50)));
}

BOOST_AUTO_TEST_CASE(running_alone_does_not_make_ready_what_can_be_asked)
{
    const Watched fleet(milliseconds(1), milliseconds(100));
    const auto readiness = fleet.watcher->wait(fleet.id, revived, {},
                                               [](const std::stop_token& stop)
                                               {
                                                   while (!stop.stop_requested())
                                                       std::this_thread::sleep_for(milliseconds(1));
                                                   return Readiness{false, "no answer"};
                                               });
    BOOST_TEST(!readiness.ready);
    BOOST_TEST(readiness.why.find("it is not ready within 0.1 s: no answer; the last of its log:") == 0U,
               readiness.why);
}

BOOST_AUTO_TEST_CASE(who_is_asked_may_give_up_before_the_time_is_over)
{
    const Watched fleet(milliseconds(1));
    const auto readiness = fleet.watcher->wait(fleet.id, revived, {},
                                               [](const std::stop_token&) {
                                                   return Readiness{false, "unhealthy"};
                                               });
    BOOST_TEST(readiness.why.find("unhealthy; the last of its log:") == 0U);
    const auto thrown = fleet.watcher->wait(fleet.id, revived, {},
                                            [](const std::stop_token&) -> Readiness
                                            { throw std::runtime_error("the engine is away"); });
    BOOST_TEST(thrown.why.find("the engine is away") == 0U);
}

BOOST_AUTO_TEST_CASE(an_end_while_it_is_asked_is_noticed_at_once_and_the_asking_is_stopped)
{
    Watched fleet(milliseconds(1));
    fleet.change("mcpctl-dev-memory", [](MemoryContainer& live) { live.spec.restart.when = RestartPolicy::When::no; });
    std::atomic<bool> asked = false;
    std::atomic<bool> stopped = false;
    auto waiting = std::async(std::launch::async,
                              [&]
                              {
                                  return fleet.watcher->wait(fleet.id, {RestartPolicy::When::no}, {},
                                                             [&](const std::stop_token& stop)
                                                             {
                                                                 asked = true;
                                                                 while (!stop.stop_requested())
                                                                     std::this_thread::sleep_for(milliseconds(1));
                                                                 stopped = true;
                                                                 return Readiness{};
                                                             });
                              });
    while (!asked)
        std::this_thread::sleep_for(milliseconds(1));
    fleet.engine.crash(fleet.id, 4);
    BOOST_REQUIRE((waiting.wait_for(milliseconds(2000)) == std::future_status::ready));
    BOOST_TEST(waiting.get().why.find("it ended (exit code 4)") == 0U);
    BOOST_TEST(stopped);
}

BOOST_AUTO_TEST_CASE(the_answer_of_a_process_that_ended_since_does_not_count)
{
    Watched fleet(milliseconds(100));
    std::atomic<int> asked = 0;
    auto waiting = std::async(std::launch::async,
                              [&]
                              {
                                  return fleet.watcher->wait(
                                      fleet.id, revived, {},
                                      [&](const std::stop_token&) {
                                          return ++asked == 1 ? Readiness{true, "first"} : Readiness{true, "second"};
                                      });
                              });
    while (asked == 0)
        std::this_thread::sleep_for(milliseconds(1));
    fleet.engine.crash(fleet.id, 1);
    fleet.engine.start(fleet.id);
    const auto readiness = waiting.get();
    BOOST_TEST(readiness.ready);
    BOOST_TEST(readiness.why == "second");
}

BOOST_AUTO_TEST_SUITE_END()
