#include "model/instant.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;

BOOST_AUTO_TEST_SUITE(instant_test)

BOOST_AUTO_TEST_CASE(moments_are_read_to_the_nanosecond)
{
    BOOST_TEST(*parseInstant("1970-01-01T00:00:00Z") == 0);
    BOOST_TEST(*parseInstant("2026-11-25T19:52:02.123456789Z") == 1795636322123456789);
    BOOST_TEST(*parseInstant("2026-11-25T19:52:02.5Z") == 1795636322500000000);
    BOOST_TEST(*parseInstant("2026-11-25T19:52:02.1234567899Z") == 1795636322123456789);
    BOOST_TEST(*parseInstant("2026-11-25T21:52:02+02:00") == *parseInstant("2026-11-25T19:52:02Z"));
    BOOST_TEST(*parseInstant("2026-11-25T14:22:02-05:30") == *parseInstant("2026-11-25T19:52:02Z"));
}

BOOST_AUTO_TEST_CASE(what_is_no_moment_is_nothing)
{
    for (const auto* text :
         {"", "yesterday", "2026-11-25", "2026-11-25T19:52:02", "2026-13-25T19:52:02Z", "2026-02-30T19:52:02Z",
          "2026-11-25T24:52:02Z", "2026-11-25T19:52:02.Z", "2026-11-25T19:52:02Zx", "0001-01-01T00:00:00Z"})
        BOOST_TEST(!parseInstant(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(moments_are_written_as_they_are_read)
{
    for (const auto* text : {"2026-11-25T19:52:02.123456789Z", "1970-01-01T00:00:00.000000000Z",
                             "1969-12-31T23:59:59.999999999Z", "2024-02-29T00:00:00.000000001Z"})
        BOOST_TEST(formatInstant(*parseInstant(text)) == text);
}

BOOST_AUTO_TEST_SUITE_END()
