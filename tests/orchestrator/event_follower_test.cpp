#include "orchestrator/event_follower.h"

#include "orchestrator/event_handlers.h"
#include "support/memory_orchestrator.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

using Type = Event::Type;
using std::chrono::milliseconds;

std::string shown(const Event& event)
{
    const auto what = event.network + event.health + event.oldName;
    return fmt::format("{}{}{}{}{}", event.synthesised ? "found: " : "", toString(event.type),
                       what.empty() ? "" : " " + what, event.name.empty() ? "" : " " + event.name,
                       event.type == Type::die ? fmt::format(" {}", event.exitCode) : "");
}

/// An engine with instances on it, and a follower on a thread of its own.
struct Followed
{
    Followed()
    {
        auto image = imageNamed("runs");
        orchestrator.engine().change(
            [&](World& world)
            {
                world.images.emplace(image.info.id, image);
                world.tags.emplace("runs:1", image.info.id);
            });
        network("p-net");
    }

    void network(const std::string& name)
    {
        NetworkSpec spec;
        spec.name = NetworkName(name);
        orchestrator.engine().createNetwork(spec);
    }

    std::string start(const std::string& name)
    {
        Launch launch;
        launch.name = InstanceName("p-dev-" + name);
        launch.image = "runs:1";
        launch.spec.restart.when = RestartPolicy::When::no;
        launch.spec.networks[NetworkName("p-net")] = {name};
        launch.marks.project = "p";
        launch.marks.instance = launch.name.text;
        return orchestrator.startServer(launch);
    }

    /// Follows from now on; returns when it sees, with what it told of the past.
    std::vector<std::string> follow(std::optional<std::int64_t> since = {})
    {
        EventFollower::Options options;
        options.sinceNanos = since;
        options.firstPause = milliseconds(1);
        options.onBroken = [this](const std::string& why)
        {
            {
                const std::lock_guard lock(mutex);
                broken.push_back(why);
            }
            std::unique_lock lock(mutex);
            changed.wait(lock, [this] { return !away; });
        };
        options.onMended = [this]
        {
            const std::lock_guard lock(mutex);
            ++mended;
        };
        thread = std::jthread(
            [this, options](const std::stop_token& stop)
            { EventFollower(orchestrator, project, options).run([this](const Event& event) { note(event); }, stop); });
        await("subscribed");
        network("begin");
        await("network-create begin");
        const std::lock_guard lock(mutex);
        return std::exchange(story, {});
    }

    /// Nobody follows while `meanwhile` happens.
    template <typename Act>
    void whileAway(const Act& meanwhile)
    {
        int before = 0;
        {
            const std::lock_guard lock(mutex);
            away = true;
            before = mended;
        }
        orchestrator.engine().events().breakStreams("the wire is cut");
        eventually([this] { return orchestrator.engine().events().listeners() == 0; });
        meanwhile();
        {
            const std::lock_guard lock(mutex);
            away = false;
        }
        changed.notify_all();
        eventually(
            [&]
            {
                const std::lock_guard lock(mutex);
                return mended > before;
            });
    }

    /// All that was told until now.
    std::vector<std::string> told()
    {
        network("end");
        await("network-create end");
        const std::lock_guard lock(mutex);
        auto out = story;
        out.pop_back();
        return out;
    }

    static std::vector<std::string> told(const std::vector<Event>& events)
    {
        std::vector<std::string> out(events.size());
        std::transform(events.begin(), events.end(), out.begin(), shown);
        return out;
    }

    void await(const std::string& line)
    {
        std::unique_lock lock(mutex);
        BOOST_REQUIRE_MESSAGE(changed.wait_for(lock, std::chrono::seconds(10),
                                               [&]
                                               { return std::find(story.begin(), story.end(), line) != story.end(); }),
                              "never told: " + line);
    }

    template <typename Condition>
    static void eventually(const Condition& condition)
    {
        for (int i = 0; i < 5000 && !condition(); ++i)
            std::this_thread::sleep_for(milliseconds(1));
        BOOST_REQUIRE(condition());
    }

    void note(const Event& event)
    {
        {
            const std::lock_guard lock(mutex);
            story.push_back(shown(event));
        }
        changed.notify_all();
    }

    const ProjectName project{"p"};
    MemoryOrchestrator orchestrator;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> story;  ///< guarded by mutex
    std::vector<std::string> broken; ///< guarded by mutex
    bool away = false;               ///< guarded by mutex
    int mended = 0;                  ///< guarded by mutex
    std::jthread thread;
};

using Lines = std::vector<std::string>;

void check(const Lines& told, const Lines& expected)
{
    // As texts, so that a failure shows both.
    BOOST_TEST(fmt::format("{}", fmt::join(told, "\n")) == fmt::format("{}", fmt::join(expected, "\n")));
}

}

BOOST_FIXTURE_TEST_SUITE(event_follower_test, Followed)

BOOST_AUTO_TEST_CASE(what_happens_is_told_as_it_happens_and_nothing_of_before)
{
    start("old");
    follow();
    start("new");
    check(told(), {"create p-dev-new", "network-connect p-net p-dev-new", "start p-dev-new"});
}

BOOST_AUTO_TEST_CASE(since_a_moment_what_is_remembered_comes_first)
{
    start("old");
    check(follow(0), {"subscribed", "network-create p-net", "create p-dev-old", "network-connect p-net p-dev-old",
                      "start p-dev-old", "network-create begin"});
    check(told(), {});
    BOOST_TEST(broken.empty());
}

BOOST_AUTO_TEST_CASE(what_the_engine_remembers_of_a_break_is_told_once_and_is_no_gap)
{
    const auto id = start("a");
    follow();
    orchestrator.engine().crash(id, 1);
    whileAway([&] { start("b"); });
    check(told(), {"die p-dev-a 1", "network-disconnect p-net p-dev-a", "create p-dev-b",
                   "network-connect p-net p-dev-b", "start p-dev-b"});
    BOOST_TEST(broken == Lines{"the wire is cut"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_it_forgot_is_a_gap_and_found_by_looking)
{
    const auto ended = start("ended");
    const auto gone = start("gone");
    const auto again = start("restarted");
    const auto kept = start("kept");
    follow();
    whileAway(
        [&]
        {
            auto& engine = orchestrator.engine();
            engine.crash(ended, 3);
            orchestrator.stopServer(gone);
            engine.crash(again, 4);
            engine.advance(milliseconds(5));
            engine.start(again);
            start("new");
            network("p-more");
            engine.connect(kept, NetworkName("p-more"), {}, "");
            engine.events().forget();
        });
    check(told(), {"gap", "found: die p-dev-gone -1", "found: destroy p-dev-gone", "found: die p-dev-ended 3",
                   "found: network-connect p-more p-dev-kept", "found: create p-dev-new", "found: start p-dev-new",
                   "found: die p-dev-restarted -1", "found: start p-dev-restarted", "found: network-create p-more"});
}

BOOST_AUTO_TEST_CASE(a_break_in_which_nothing_happened_tells_nothing)
{
    start("a");
    follow();
    whileAway([] {});
    whileAway([] {});
    check(told(), {});
}

BOOST_AUTO_TEST_CASE(a_gap_is_told_where_nothing_says_that_there_was_none)
{
    start("a");
    follow();
    whileAway([this] { orchestrator.engine().events().forget(); });
    check(told(), {"gap"});
}

BOOST_AUTO_TEST_CASE(the_engines_own_word_for_what_was_found_is_not_told_again)
{
    const auto id = start("a");
    follow();
    Event late;
    whileAway(
        [&]
        {
            orchestrator.engine().crash(id, 3);
            orchestrator.engine().eventsBetween("p", 0, {},
                                                [&](const Event& event)
                                                {
                                                    if (event.type == Type::die)
                                                        late = event;
                                                });
            orchestrator.engine().events().forget();
        });
    orchestrator.engine().events().tell("p", late);
    orchestrator.engine().start(id);
    orchestrator.engine().crash(id, 5);
    check(told(), {"gap", "found: die p-dev-a 3", "network-connect p-net p-dev-a", "start p-dev-a", "die p-dev-a 5",
                   "network-disconnect p-net p-dev-a"});
}

BOOST_AUTO_TEST_CASE(an_end_after_a_start_that_was_found_is_told)
{
    const auto id = start("a");
    orchestrator.engine().crash(id, 1);
    follow();
    whileAway(
        [&]
        {
            orchestrator.engine().advance(milliseconds(5));
            orchestrator.engine().start(id);
            orchestrator.engine().events().forget();
        });
    orchestrator.engine().crash(id, 9);
    check(told(), {"gap", "found: start p-dev-a", "die p-dev-a 9", "network-disconnect p-net p-dev-a"});
}

BOOST_AUTO_TEST_CASE(a_start_that_was_missed_is_not_told_behind_the_end_that_was_seen)
{
    const auto id = start("a");
    EventPicture picture(project);
    picture.catchUp(orchestrator.listInstances(project));
    orchestrator.engine().crash(id, 1);
    orchestrator.engine().advance(milliseconds(5));
    orchestrator.engine().start(id);
    orchestrator.engine().events().forget();
    orchestrator.engine().crash(id, 9);
    orchestrator.eventsBetween(project, 0, {}, [&](const Event& event) { picture.see(event); });
    check(told(picture.catchUp(orchestrator.listInstances(project))), {});
}

BOOST_AUTO_TEST_CASE(an_engine_that_is_not_there_at_first_is_an_error)
{
    MemoryOrchestrator nobody;
    nobody.engine().intercept([](MemoryEngine::When, bool, const std::string&)
                              { throw OrchestratorError(OrchestratorError::Kind::unreachable, "nobody there"); });
    BOOST_CHECK_THROW(EventFollower(nobody, project, {}).run([](const Event&) {}, {}), OrchestratorError);
}

BOOST_AUTO_TEST_CASE(what_the_sink_throws_ends_it)
{
    const auto fail = [](const Event&) { throw std::runtime_error("cannot write"); };
    BOOST_CHECK_EXCEPTION(EventFollower(orchestrator, project, {}).run(fail, {}), std::runtime_error,
                          [](const std::runtime_error& error) { return error.what() == std::string("cannot write"); });
}

BOOST_AUTO_TEST_CASE(handlers_get_the_events_of_their_type)
{
    std::string seen;
    EventHandlers handlers;
    handlers.onContainerDie = [&](const Event& event) { seen += fmt::format("die {} ", event.exitCode); };
    handlers.onGap = [&](const Event&) { seen += "gap "; };
    const auto sink = dispatchTo(handlers);
    for (const auto type : {Type::start, Type::die, Type::gap, Type::nameFreed})
    {
        Event event;
        event.type = type;
        event.exitCode = 7;
        sink(event);
    }
    BOOST_TEST(seen == "die 7 gap ");
}

BOOST_AUTO_TEST_SUITE_END()
