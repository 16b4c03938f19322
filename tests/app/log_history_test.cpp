#include "app/log_history.h"

#include "support/fleet.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

constexpr auto out = LogStream::out;
constexpr auto err = LogStream::err;

/// Two instances whose logs are read.
struct Logged : Fleet
{
    Logged()
    {
        declare("a");
        declare("b");
        apply();
        for (const auto* name : {"mcpctl-dev-a", "mcpctl-dev-b"})
            sources.push_back({name, container(name).id, {}});
    }

    void write(std::size_t source, const std::string& text, std::int64_t time, LogStream stream = err)
    {
        engine.write(sources[source].id, text, stream, time);
    }

    /// The lines as `a: text`, in the order in which they came.
    std::string read()
    {
        std::string text;
        ends = readLogs(orchestrator, sources,
                        [&](std::size_t i, const LogLine& line)
                        {
                            text += std::string(i == 0 ? "a: " : "b: ") + line.text + "\n";
                            return text.find("enough") == std::string::npos;
                        },
                        {});
        return text;
    }

    std::vector<LogSource> sources;
    std::vector<LogEnd> ends;
};

}

BOOST_AUTO_TEST_SUITE(log_history_test)

BOOST_AUTO_TEST_CASE(logs_are_merged_by_time_and_equal_times_keep_the_order_of_the_sources)
{
    Logged logs;
    logs.write(1, "1\n", 10);
    logs.write(0, "2\n", 20);
    logs.write(1, "3\n", 20);
    logs.write(0, "4\n", 30);
    logs.write(0, "5\n", 40);
    logs.write(1, "6\n", 50);
    BOOST_TEST(logs.read() == "b: 1\na: 2\nb: 3\na: 4\na: 5\nb: 6\n");
}

BOOST_AUTO_TEST_CASE(more_than_fits_the_queues_is_merged_too)
{
    Logged logs;
    std::string expected;
    for (int i = 0; i < 3000; ++i)
    {
        logs.write(i % 2, std::to_string(i) + std::string(1000, '.') + "\n", 10 + i);
        expected += (i % 2 == 0 ? "a: " : "b: ") + std::to_string(i) + std::string(1000, '.') + "\n";
    }
    BOOST_TEST((logs.read() == expected));
}

BOOST_AUTO_TEST_CASE(a_tail_counts_whole_lines_of_what_is_wanted)
{
    Logged logs;
    logs.sources.pop_back();
    for (int i = 0; i < 3; ++i)
    {
        logs.write(0, "word " + std::to_string(i), 10 + i);
        logs.write(0, " and more\n", 10 + i);
        for (int k = 0; k < 300; ++k)
            logs.write(0, "protocol\n", 10 + i, out);
    }
    logs.sources[0].options.only = err;
    logs.sources[0].options.tail = 2;
    BOOST_TEST(logs.read() == "a: word 1 and more\na: word 2 and more\n");
    logs.sources[0].options.tail = 0;
    BOOST_TEST(logs.read().empty());
    logs.sources[0].options.tail = 1000;
    BOOST_TEST(logs.read() == "a: word 0 and more\na: word 1 and more\na: word 2 and more\n");
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_read_stops_no_other)
{
    Logged logs;
    logs.write(0, "here\n", 10);
    logs.orchestrator.stopServer(logs.sources[1].id);
    BOOST_TEST(logs.read() == "a: here\n");
    BOOST_TEST(logs.ends[0].error.empty());
    BOOST_TEST(!logs.ends[1].error.empty());
}

BOOST_AUTO_TEST_CASE(who_has_enough_gets_no_more)
{
    Logged logs;
    for (int i = 0; i < 5000; ++i)
        logs.write(0, std::string(1000, '.') + (i == 3 ? "enough\n" : "\n"), 10 + i);
    BOOST_TEST(logs.read().size() < 5000U);
}

BOOST_AUTO_TEST_CASE(where_the_reading_ended_a_follower_goes_on)
{
    for (const int tail : {-1, 1, 0})
    {
        Logged logs;
        logs.sources.pop_back();
        logs.sources[0].options.tail = tail;
        logs.write(0, "one\n", 10);
        logs.write(0, "two\n", 10);
        logs.read();
        logs.write(0, "enough\n", 10);
        std::string text;
        InstanceWatch watch(logs.orchestrator, logs.desired.project);
        const LogReceiver receiver{[&](const LogPiece& piece) { return text += piece.text, false; }, [] {},
                                   [](const std::string&) {}};
        LogFollower(logs.orchestrator, watch, logs.sources[0].name, {}, receiver).run(logs.ends[0].position, {});
        BOOST_TEST(text == "enough\n");
    }
}

BOOST_AUTO_TEST_SUITE_END()
