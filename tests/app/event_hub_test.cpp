#include "app/event_hub.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <optional>
#include <thread>

using namespace mcpctl;

namespace
{

Event dieOf(const std::string& name)
{
    Event out;
    out.type = Event::Type::die;
    out.id = "id";
    out.name = name;
    out.exitCode = 3;
    return out;
}

const auto nothing = [] {};

}

BOOST_AUTO_TEST_SUITE(event_hub_test)

BOOST_AUTO_TEST_CASE(every_listener_gets_all_from_its_beginning_on_and_once)
{
    EventHub hub;
    const auto first = hub.subscribe(nothing);
    hub.publish(dieOf("a"));
    const auto second = hub.subscribe(nothing);
    hub.publish(PassSummary{PassSummary::Result::done, "engine", 1'000'000, 2'000'000, 2, ""});
    hub.publish(Outcome{"a", "start", Outcome::Result::done, "", "", {}});

    const auto taken = first->take();
    BOOST_TEST_REQUIRE(taken.messages.size() == 3U);
    BOOST_TEST(taken.dropped == 0U);
    BOOST_TEST(taken.messages[0]->kind == "instance");
    BOOST_TEST(taken.messages[1]->kind == "pass");
    BOOST_TEST(taken.messages[2]->kind == "change");
    const auto event = nlohmann::json::parse(taken.messages[0]->json);
    BOOST_TEST(event["type"] == "die");
    BOOST_TEST(event["exitCode"] == 3);
    const auto pass = nlohmann::json::parse(taken.messages[1]->json);
    BOOST_TEST(pass["trigger"] == "engine");
    BOOST_TEST(pass["steps"] == 2);
    BOOST_TEST(first->take().messages.empty());
    BOOST_TEST(second->take().messages.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_slow_listener_loses_the_oldest_and_is_told_how_many)
{
    EventHub hub(3);
    const auto slow = hub.subscribe(nothing);
    const auto quick = hub.subscribe(nothing);
    for (int i = 0; i < 5; ++i)
    {
        hub.publish(dieOf(fmt::format("i{}", i)));
        BOOST_TEST(quick->take().messages.size() == 1U);
    }
    const auto taken = slow->take();
    BOOST_TEST(taken.dropped == 2U);
    BOOST_TEST_REQUIRE(taken.messages.size() == 3U);
    BOOST_TEST(taken.messages.front()->json.find("\"i2\"") != std::string::npos);
    BOOST_TEST(quick->take().dropped == 0U);
    BOOST_TEST(slow->take().dropped == 0U);
}

BOOST_AUTO_TEST_CASE(a_listener_is_woken_once_for_all_that_waits)
{
    EventHub hub;
    int woken = 0;
    const auto one = hub.subscribe([&woken] { ++woken; });
    hub.publish(dieOf("a"));
    hub.publish(dieOf("b"));
    BOOST_TEST(woken == 1);
    one->take();
    hub.publish(dieOf("c"));
    BOOST_TEST(woken == 2);
}

BOOST_AUTO_TEST_CASE(who_let_its_subscription_go_is_woken_no_more_and_may_outlive_the_hub)
{
    std::optional<EventHub> hub(std::in_place);
    int woken = 0;
    auto one = hub->subscribe([&woken] { ++woken; });
    one.reset();
    hub->publish(dieOf("a"));
    BOOST_TEST(woken == 0);
    const auto other = hub->subscribe([&woken] { ++woken; });
    hub->publish(dieOf("b"));
    hub.reset();
    BOOST_TEST(other->take().messages.size() == 1U);
}

BOOST_AUTO_TEST_CASE(publishers_and_listeners_of_many_threads_count_every_message)
{
    EventHub hub(16);
    std::atomic<bool> over = false;
    std::atomic<std::uint64_t> seen = 0;
    {
        std::vector<std::jthread> threads;
        threads.reserve(2);
        for (int i = 0; i < 2; ++i)
            threads.emplace_back(
                [&, mine = hub.subscribe(nothing)]
                {
                    for (bool last = false; !last;)
                    {
                        last = over;
                        const auto taken = mine->take();
                        seen += taken.messages.size() + taken.dropped;
                    }
                });
        {
            std::vector<std::jthread> publishers;
            publishers.reserve(3);
            for (int i = 0; i < 3; ++i)
                publishers.emplace_back(
                    [&hub]
                    {
                        for (int n = 0; n < 500; ++n)
                            hub.publish(dieOf("a"));
                    });
        }
        over = true;
    }
    BOOST_TEST(seen.load() == 2U * 3U * 500U);
}

BOOST_AUTO_TEST_SUITE_END()
