#include "orchestrator/log_follower.h"

#include "support/fleet.h"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

using namespace std::chrono_literals;

constexpr auto name = "mcpctl-dev-memory";

/// A running instance, and a follower of it on a thread of its own.
struct Followed : Fleet
{
    Followed()
    {
        declare("memory");
        apply();
        id = container(name).id;
        watch.emplace(orchestrator, desired.project);
        follower = std::jthread(
            [this](const std::stop_token& stop)
            {
                LogReceiver receiver;
                receiver.piece = [this](const LogPiece& piece) { return add(piece.text); };
                receiver.paused = [this] { add(""); };
                receiver.say = [this](const std::string& words)
                {
                    const std::lock_guard lock(mutex);
                    said += words + "\n";
                    changed.notify_all();
                };
                LogFollower(orchestrator, *watch, name, {}, receiver).run({}, stop);
            });
    }

    bool add(std::string_view piece)
    {
        const std::lock_guard lock(mutex);
        text += piece;
        changed.notify_all();
        return text.find("enough") == std::string::npos;
    }

    /// Whether `expected`, and nothing else, has come within 10 s.
    bool gets(const std::string& expected)
    {
        std::unique_lock lock(mutex);
        const bool got = changed.wait_for(lock, 10s, [&] { return text.size() >= expected.size(); });
        BOOST_TEST(text == expected);
        return got && text == expected;
    }

    /// Whether it says, and has said nothing but that, within 10 s.
    bool says(const std::string& words)
    {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 10s, [&] { return !said.empty(); }) && said == words + "\n";
    }

    Launch launchWith(const std::string& mark)
    {
        Launch launch;
        launch.name = InstanceName(name);
        launch.spec = container(name).spec;
        launch.spec.env["MARK"] = {mark, std::nullopt, true};
        launch.image = container(name).imageId;
        launch.marks = *container(name).marks;
        return launch;
    }

    std::string id;
    std::mutex mutex;
    std::condition_variable changed;
    std::string text; ///< guarded by mutex
    std::string said; ///< guarded by mutex
    std::optional<InstanceWatch> watch;
    std::jthread follower; ///< last: it uses all of the above
};

}

BOOST_AUTO_TEST_SUITE(log_follower_test)

BOOST_AUTO_TEST_CASE(what_is_there_and_what_comes_is_followed)
{
    Followed fleet;
    fleet.engine.write(fleet.id, "one\n");
    BOOST_TEST(fleet.gets("one\n"));
    fleet.engine.write(fleet.id, "two ");
    fleet.engine.write(fleet.id, "in parts\n", LogStream::out);
    BOOST_TEST(fleet.gets("one\ntwo in parts\n"));
}

BOOST_AUTO_TEST_CASE(lines_of_one_moment_come_once_each_however_often_the_stream_breaks)
{
    Followed fleet;
    std::string expected;
    for (int i = 0; i < 12; ++i)
    {
        // Three lines of the same moment, some of them the same.
        const auto line = "line " + std::to_string(i / 4) + "\n";
        fleet.engine.write(fleet.id, line, i % 2 == 0 ? LogStream::out : LogStream::err, 1000 + i / 3);
        expected += line;
        if (i % 3 == 1)
            BOOST_TEST(fleet.gets(expected));
        if (i % 3 != 2)
            fleet.engine.breakLogs();
    }
    BOOST_TEST(fleet.gets(expected));
    fleet.follower = {};
    BOOST_TEST(fleet.said.find("the engine is away") == 0U);
}

BOOST_AUTO_TEST_CASE(a_process_that_ends_and_starts_again_is_followed_with_its_last_words)
{
    Followed fleet;
    fleet.engine.write(fleet.id, "before\n");
    BOOST_TEST(fleet.gets("before\n"));
    // The engine ends the followed log before it has told this.
    fleet.engine.write(fleet.id, "last words");
    fleet.engine.crash(fleet.id, 1);
    fleet.engine.write(fleet.id, "after\n");
    BOOST_TEST(fleet.gets("before\nlast wordsafter\n"));
}

BOOST_AUTO_TEST_CASE(one_that_is_stopped_is_waited_for)
{
    Followed fleet;
    fleet.orchestrator.suspendServer(fleet.id);
    fleet.engine.events().settle();
    std::this_thread::sleep_for(50ms);
    fleet.orchestrator.resumeServer(fleet.id);
    fleet.engine.write(fleet.id, "again\n");
    BOOST_TEST(fleet.gets("again\n"));
}

BOOST_AUTO_TEST_CASE(a_replacement_is_followed_from_its_beginning_and_the_old_one_to_its_end)
{
    Followed fleet;
    fleet.engine.write(fleet.id, "old\n");
    BOOST_TEST(fleet.gets("old\n"));
    fleet.engine.write(fleet.id, "last words\n");
    const auto gate = [&](const std::string& newId)
    {
        fleet.engine.write(newId, "new\n");
        return Readiness{fleet.gets("old\nlast words\nnew\n"), ""};
    };
    const auto newId = fleet.orchestrator.replaceServer(fleet.launchWith("second"), fleet.id, gate);
    fleet.engine.write(newId, "more\n");
    BOOST_TEST(fleet.gets("old\nlast words\nnew\nmore\n"));
    BOOST_TEST(fleet.says(std::string(name) + " is another instance now"));
}

BOOST_AUTO_TEST_CASE(a_replacement_that_fails_brings_the_old_one_back_where_it_was)
{
    Followed fleet;
    fleet.engine.write(fleet.id, "old\n");
    BOOST_TEST(fleet.gets("old\n"));
    const auto gate = [&](const std::string& newId)
    {
        fleet.engine.write(newId, "new\n");
        BOOST_TEST(fleet.gets("old\nnew\n"));
        return Readiness{false, "it is not to be"};
    };
    BOOST_CHECK_THROW(fleet.orchestrator.replaceServer(fleet.launchWith("second"), fleet.id, gate), OrchestratorError);
    fleet.engine.write(fleet.id, "back\n");
    BOOST_TEST(fleet.gets("old\nnew\nback\n"));
}

BOOST_AUTO_TEST_CASE(one_that_is_gone_is_told_and_waited_for)
{
    Followed fleet;
    fleet.engine.write(fleet.id, "old\n");
    BOOST_TEST(fleet.gets("old\n"));
    const auto launch = fleet.launchWith("second");
    fleet.orchestrator.stopServer(fleet.id);
    BOOST_TEST(fleet.says(std::string(name) + " is gone; its log goes on when it is back"));
    fleet.engine.write(fleet.orchestrator.startServer(launch), "new\n");
    BOOST_TEST(fleet.gets("old\nnew\n"));
}

BOOST_AUTO_TEST_CASE(an_engine_that_restarts_costs_nothing_that_was_logged)
{
    Followed fleet;
    for (int i = 0; i < 3; ++i)
    {
        fleet.engine.write(fleet.id, "before\n");
        fleet.engine.events().breakStreams("the engine went away");
        fleet.engine.restart();
        fleet.engine.write(fleet.id, "after\n");
    }
    BOOST_TEST(fleet.gets("before\nafter\nbefore\nafter\nbefore\nafter\n"));
}

BOOST_AUTO_TEST_CASE(who_has_enough_ends_it_and_so_does_a_stop)
{
    Followed fleet;
    fleet.engine.write(fleet.id, "enough\n");
    fleet.follower.join();
    Followed other;
    const auto begin = std::chrono::steady_clock::now();
    other.follower = {};
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 1s));
}

BOOST_AUTO_TEST_SUITE_END()
