#include "app/wake_up.h"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace mcpctl;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(wake_up_test)

BOOST_AUTO_TEST_CASE(a_hundred_calls_wake_once_with_every_reason)
{
    WakeUp wakeUp;
    std::stop_source stop;
    for (int i = 0; i < 100; ++i)
        wakeUp.wake(i % 2 == 0 ? WakeReason::engine : WakeReason::manifests);
    const auto reasons = wakeUp.wait(WakeUp::Clock::now() + 10s, stop.get_token());
    BOOST_TEST((reasons == std::set{WakeReason::engine, WakeReason::manifests}));
    BOOST_TEST(wakeUp.wait(WakeUp::Clock::now() + 10ms, stop.get_token()).empty());
}

BOOST_AUTO_TEST_CASE(one_that_waits_is_woken_and_a_stop_ends_the_wait)
{
    WakeUp wakeUp;
    std::stop_source stop;
    std::jthread other([&] { wakeUp.wake(WakeReason::asked); });
    BOOST_TEST((wakeUp.wait(WakeUp::Clock::now() + 10s, stop.get_token()) == std::set{WakeReason::asked}));
    std::jthread stopper([&] { stop.request_stop(); });
    BOOST_TEST(wakeUp.wait(WakeUp::Clock::now() + 1h, stop.get_token()).empty());
}

BOOST_AUTO_TEST_SUITE_END()
