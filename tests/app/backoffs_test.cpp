#include "app/backoffs.h"
#include "model/timestamp.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(backoffs_test)

BOOST_AUTO_TEST_CASE(waits_double_up_to_the_longest_and_hold_only_the_one_that_fails)
{
    Backoffs backoffs({1s, 8s, 600s});
    Backoffs::Clock::time_point now{1000s};
    for (const auto expected : {1000ms, 2000ms, 4000ms, 8000ms, 8000ms})
    {
        BOOST_TEST((backoffs.failed("a", "exit code 1", now) == expected));
        BOOST_TEST(backoffs.holds("a", now + expected - 1ms));
        BOOST_TEST(!backoffs.holds("a", now + expected));
        now += expected;
    }
    BOOST_TEST(!backoffs.holds("b", now));
}

BOOST_AUTO_TEST_CASE(after_ten_minutes_of_health_it_begins_anew)
{
    Backoffs backoffs({1s, 300s, 600s});
    const Backoffs::Clock::time_point now{1000s};
    backoffs.failed("a", "", now);
    backoffs.failed("a", "", now);
    backoffs.forget(now + 599s);
    BOOST_TEST((backoffs.failed("a", "", now + 599s) == 4000ms));
    backoffs.forget(now + 599s + 600s);
    BOOST_TEST((backoffs.failed("a", "", now + 1199s) == 1000ms));
}

BOOST_AUTO_TEST_CASE(one_that_ended_with_its_client_waits_a_moment_and_never_longer)
{
    Backoffs backoffs({1s, 300s, 600s});
    Backoffs::Clock::time_point now{1000s};
    for (int i = 0; i < 10; ++i, now += 1s)
    {
        backoffs.ended("a", "exit code 0", now);
        BOOST_TEST(backoffs.holds("a", now + 999ms));
        BOOST_TEST(!backoffs.holds("a", now + 1s));
    }
}

BOOST_AUTO_TEST_CASE(the_next_time_is_the_earliest_and_who_waits_is_shown_with_the_reason)
{
    Backoffs backoffs({1s, 300s, 600s});
    const Backoffs::Clock::time_point now{1000s};
    BOOST_TEST(!backoffs.next(now));
    backoffs.failed("slow", "no image", now);
    backoffs.failed("slow", "no image", now);
    backoffs.failed("quick", "exit code 1", now);
    BOOST_TEST((backoffs.next(now) == now + 1s));
    BOOST_TEST((backoffs.next(now + 1s) == now + 2s));
    BOOST_TEST(!backoffs.next(now + 2s));
    const auto shown = backoffs.shown(now + 1s);
    BOOST_REQUIRE(shown.size() == 1U);
    BOOST_TEST(shown.at("slow").failures == 2);
    BOOST_TEST(shown.at("slow").why == "no image");
    const auto left = shown.at("slow").untilMicros - nowMicros();
    BOOST_TEST((left > 500'000 && left <= 1'000'000)); // by the wall clock, whatever was done to that meanwhile
    backoffs.clear();
    BOOST_TEST(!backoffs.holds("slow", now));
}

BOOST_AUTO_TEST_SUITE_END()
