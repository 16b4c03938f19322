#include "docker/log_stamps.h"

#include "orchestrator/error.h"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace mcpctl;
using mcpctl::docker::LogStamps;

namespace
{

struct Got
{
    std::int64_t timeNanos = 0;
    std::string text;
};

constexpr std::int64_t first = 1772271000123456789;

}

BOOST_AUTO_TEST_SUITE(log_stamps_test)

BOOST_AUTO_TEST_CASE(the_time_is_taken_off_however_a_frame_is_cut)
{
    // The second is a part of a line, and so has a time of its own; the third is empty but for its time.
    const std::vector<std::string> frames{"2026-02-28T09:30:00.123456789Z hello world\n",
                                          "2026-02-28T11:30:00.123456790+02:00 2026 is no time \n",
                                          "2026-02-28T09:30:01.000000000Z "};
    for (std::size_t size = 1; size <= 60; ++size)
    {
        std::vector<Got> got;
        const LogSink sink = [&](const LogPiece& piece)
        {
            if (got.empty() || got.back().timeNanos != piece.timeNanos)
                got.push_back({piece.timeNanos, ""});
            got.back().text += piece.text;
            return true;
        };
        LogStamps stamps(sink, true);
        for (const auto& frame : frames)
            for (std::size_t at = 0; at < frame.size(); at += size)
                BOOST_TEST(stamps.feed(LogStream::out, std::string_view(frame).substr(at, size), at == 0));
        BOOST_REQUIRE(got.size() == 2U);
        BOOST_TEST(got[0].timeNanos == first);
        BOOST_TEST(got[0].text == "hello world\n");
        BOOST_TEST(got[1].timeNanos == first + 1);
        BOOST_TEST(got[1].text == "2026 is no time \n");
    }
}

BOOST_AUTO_TEST_CASE(of_a_followed_log_a_line_that_the_engine_repeats_comes_once_and_any_other_always)
{
    const std::string at = "2026-02-28T09:30:00Z ";
    const std::vector<std::string> frames{at + "same\n",
                                          at + "same\n",
                                          at + "same\n",
                                          at + "sane\n",
                                          at + "sane and more\n",
                                          at + "part",
                                          at + "part",
                                          "2026-02-28T09:30:01Z part",
                                          at + "a\n",
                                          at + "a"};
    for (std::size_t size = 1; size <= 40; ++size)
        for (const bool follows : {true, false})
        {
            std::string text;
            const LogSink sink = [&](const LogPiece& piece) { return text += piece.text, true; };
            LogStamps stamps(sink, follows);
            const auto feed = [&](LogStream stream, const std::string& frame)
            {
                for (std::size_t i = 0; i < frame.size(); i += size)
                    BOOST_TEST(stamps.feed(stream, std::string_view(frame).substr(i, size), i == 0));
            };
            for (const auto& frame : frames)
                feed(LogStream::out, frame);
            feed(LogStream::err, at + "b\n");
            feed(LogStream::out, at + "b\n");
            const std::string repeated = follows ? "same\n" : "same\nsame\nsame\n";
            BOOST_TEST(text == repeated + "sane\nsane and more\npartpartparta\nab\nb\n");
        }
}

BOOST_AUTO_TEST_CASE(a_frame_without_a_time_is_an_error)
{
    const LogSink sink = [](const LogPiece&) { return true; };
    for (const auto* frame : {"hello world\n", "2026-02-28 09:30:00 x\n", " x\n"})
        BOOST_CHECK_THROW(LogStamps(sink, false).feed(LogStream::out, frame, true), OrchestratorError);
    BOOST_CHECK_THROW(LogStamps(sink, false).feed(LogStream::out, std::string(100, '2'), true), OrchestratorError);
}

BOOST_AUTO_TEST_CASE(a_sink_that_has_enough_ends_it)
{
    const LogSink sink = [](const LogPiece&) { return false; };
    BOOST_TEST(!LogStamps(sink, false).feed(LogStream::err, "2026-02-28T09:30:00Z x", true));
}

BOOST_AUTO_TEST_SUITE_END()
