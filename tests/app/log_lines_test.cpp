#include "app/log_lines.h"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace mcpctl;

namespace
{

constexpr auto out = LogStream::out;
constexpr auto err = LogStream::err;

struct Collected
{
    LogLines lines;
    std::vector<LogLine> got;
    LineSink sink = [this](LogLine line) { return got.push_back(std::move(line)), true; };

    void feed(LogStream stream, std::string_view text, std::int64_t time = 1)
    {
        BOOST_TEST(lines.feed({stream, time, text}, sink));
    }
};

}

BOOST_AUTO_TEST_SUITE(log_lines_test)

BOOST_AUTO_TEST_CASE(lines_are_put_together_each_stream_for_itself)
{
    Collected all;
    all.feed(out, "one ", 1);
    all.feed(err, "oops\nagain", 2);
    all.feed(out, "two\n\n", 3);
    BOOST_REQUIRE(all.got.size() == 3U);
    BOOST_TEST(all.got[0].text == "oops");
    BOOST_TEST(all.got[1].text == "one two");
    BOOST_TEST(all.got[1].timeNanos == 1);
    BOOST_TEST(all.got[2].text.empty());
    BOOST_TEST(all.got[2].timeNanos == 3);
    for (const auto& line : all.got)
        BOOST_TEST((line.begins && line.ends));
}

BOOST_AUTO_TEST_CASE(what_has_no_end_is_handed_out_when_the_process_ended_and_the_next_line_begins_anew)
{
    Collected all;
    all.feed(out, "tail");
    BOOST_TEST(all.got.empty());
    all.lines.flush(all.sink);
    all.lines.flush(all.sink);
    all.feed(out, "next\n");
    BOOST_REQUIRE(all.got.size() == 2U);
    BOOST_TEST((all.got[0].text == "tail" && !all.got[0].ends));
    BOOST_TEST((all.got[1].text == "next" && all.got[1].begins));
}

BOOST_AUTO_TEST_CASE(a_very_long_line_comes_in_parts_that_break_no_character)
{
    std::string text;
    while (text.size() < 3 * LogLines::longest)
        text += "a🟢é";
    Collected all;
    for (std::size_t at = 0; at < text.size(); at += 1000)
        all.feed(out, std::string_view(text).substr(at, 1000));
    all.feed(out, "\n");
    BOOST_REQUIRE(all.got.size() > 3U);
    std::string joined;
    for (const auto& part : all.got)
    {
        BOOST_TEST(part.text.size() <= LogLines::longest);
        BOOST_TEST((static_cast<unsigned char>(part.text[0]) & 0xC0U) != 0x80U);
        BOOST_TEST(part.begins == joined.empty());
        joined += part.text;
        BOOST_TEST(part.ends == (joined == text));
    }
    BOOST_TEST((joined == text));
}

BOOST_AUTO_TEST_CASE(a_long_line_of_bytes_that_are_no_characters_is_whole_too)
{
    const std::string text(2 * LogLines::longest + 5, '\xff');
    Collected all;
    all.feed(out, text + "\n");
    std::string joined;
    for (const auto& part : all.got)
        joined += part.text;
    BOOST_TEST((joined == text));
}

BOOST_AUTO_TEST_CASE(a_sink_that_has_enough_ends_it)
{
    LogLines lines;
    int calls = 0;
    BOOST_TEST(!lines.feed({out, 1, "a\nb\n"}, [&](const LogLine&) { return ++calls < 1; }));
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()
