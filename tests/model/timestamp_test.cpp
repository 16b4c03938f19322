#include "model/timestamp.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;

BOOST_AUTO_TEST_SUITE(timestamp_test)

BOOST_AUTO_TEST_CASE(a_time_is_exact_to_the_nanosecond_and_back)
{
    BOOST_TEST(parseTimestamp("1970-01-01T00:00:00Z").value() == 0);
    BOOST_TEST(parseTimestamp("2026-02-28T09:30:00.123456789Z").value() == 1772271000123456789);
    BOOST_TEST(parseTimestamp("2024-02-29T23:59:59.5Z").value() == 1709251199500000000);
    BOOST_TEST(formatTimestamp(1772271000123456789) == "2026-02-28T09:30:00.123456789Z");
    BOOST_TEST(formatTimestamp(1709251199500000000) == "2024-02-29T23:59:59.500000000Z");
    BOOST_TEST(formatTimestamp(0) == "1970-01-01T00:00:00.000000000Z");
}

BOOST_AUTO_TEST_CASE(a_time_zone_is_taken_away)
{
    const auto utc = parseTimestamp("2026-02-28T09:30:00Z");
    BOOST_TEST((parseTimestamp("2026-02-28T11:30:00+02:00") == utc));
    BOOST_TEST((parseTimestamp("2026-02-28T04:00:00-05:30") == utc));
    BOOST_TEST((parseTimestamp("2026-02-28t09:30:00z") == utc));
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_nothing)
{
    for (const auto* text :
         {"", "2026", "2026-02-28", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-02-28T24:00:00Z",
          "2026-02-28T09:30:00", "2026-02-28T09:30:00.Z", "2026-02-28T09:30:00.1234567891Z", "2026-02-28 09:30:00Z",
          "2026-02-28T09:30:00Zx", "2026-02-28T09:30:00+2:00", "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z",
          "2026-02-28T09:3/:00Z"})
        BOOST_TEST(!parseTimestamp(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
