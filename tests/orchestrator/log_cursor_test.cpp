#include "orchestrator/log_cursor.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace mcpctl;

namespace
{

constexpr auto out = LogStream::out;
constexpr auto err = LogStream::err;

struct Entry
{
    LogStream stream;
    std::int64_t timeNanos;
    std::string text;
};

using Log = std::vector<Entry>;

/// Reads `log` as an engine shows it from cursor.since() on, up to `bytes`, in pieces of `size`; returns what was new,
/// as `out` and `err`.
std::array<std::string, 2> read(LogCursor& cursor, const Log& log, std::size_t size, std::size_t bytes = SIZE_MAX)
{
    std::array<std::string, 2> fresh;
    const auto since = cursor.since().value_or(0);
    cursor.rewind();
    for (const auto& entry : log)
        for (std::size_t at = 0; entry.timeNanos >= since && at < entry.text.size() && bytes > 0; at += size)
        {
            const auto text = std::string_view(entry.text).substr(at, std::min(size, bytes));
            bytes -= text.size();
            fresh[entry.stream == out ? 0 : 1] += cursor.advance({entry.stream, entry.timeNanos, text});
        }
    return fresh;
}

}

BOOST_AUTO_TEST_SUITE(log_cursor_test)

BOOST_AUTO_TEST_CASE(wherever_a_reading_breaks_off_nothing_is_lost_and_nothing_comes_twice)
{
    // Equal times within a stream and across them, a line in parts, and times that cross between the streams.
    const Log log{{out, 10, "one\n"}, {out, 10, "one\n"},      {err, 10, "oops\n"},  {err, 30, "later\n"},
                  {out, 20, "two "},  {out, 20, "in parts\n"}, {err, 30, "later\n"}, {out, 40, "three"}};
    for (std::size_t size = 1; size < 10; ++size)
        for (std::size_t first = 0; first <= 60; ++first)
            for (std::size_t second = 0; second <= 60; second += 7)
            {
                LogCursor cursor;
                std::array<std::string, 2> all;
                for (const auto bytes : {first, second, SIZE_MAX, SIZE_MAX})
                {
                    const auto fresh = read(cursor, log, size, bytes);
                    all[0] += fresh[0];
                    all[1] += fresh[1];
                }
                BOOST_TEST(all[0] == "one\none\ntwo in parts\nthree");
                BOOST_TEST(all[1] == "oops\nlater\nlater\n");
            }
}

BOOST_AUTO_TEST_CASE(what_grew_meanwhile_is_new)
{
    LogCursor cursor;
    read(cursor, {{out, 10, "a\n"}, {out, 10, "b\n"}}, 100);
    BOOST_TEST(read(cursor, {{out, 10, "a\n"}, {out, 10, "b\n"}, {out, 10, "c\n"}}, 100)[0] == "c\n");
}

BOOST_AUTO_TEST_CASE(what_comes_after_the_place_is_new_even_if_the_clock_was_set_back)
{
    LogCursor cursor;
    read(cursor, {{out, 10, "a\n"}, {err, 5, "x\n"}}, 100);
    BOOST_TEST(read(cursor, {{out, 10, "a\n"}, {out, 7, "b\n"}, {out, 10, "c\n"}}, 100)[0] == "b\nc\n");
}

BOOST_AUTO_TEST_CASE(a_log_that_was_thrown_away_up_to_the_place_is_all_new)
{
    LogCursor cursor;
    read(cursor, {{out, 10, "a long line\n"}}, 100);
    BOOST_TEST(read(cursor, {{out, 11, "b\n"}, {out, 12, "c\n"}}, 100)[0] == "b\nc\n");
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_silent_for_long_is_not_read_again_from_there)
{
    constexpr std::int64_t hour = 3'600'000'000'000;
    LogCursor cursor;
    BOOST_TEST(!cursor.since().has_value());
    read(cursor, {{out, hour, "a\n"}, {err, 5 * hour, "x\n"}}, 100);
    BOOST_TEST(cursor.since().value() > 4 * hour);
    BOOST_TEST(cursor.since().value() < 5 * hour);
}

BOOST_AUTO_TEST_SUITE_END()
