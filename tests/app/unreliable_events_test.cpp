#include "app/daemon_threads.h"
#include "support/slow_build.h"
#include "support/unreliable_events.h"
#include "support/watched.h"
#include "support/world_judge.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <functional>
#include <random>

using namespace mcpctl;
using namespace mcpctl::test;
using namespace std::chrono_literals;

namespace
{

/// Something happens to one of two instances; neither need be there just now.
void disturb(Watched& watched, std::mt19937_64& random)
{
    const auto upTo = [&](int n) { return std::uniform_int_distribution<int>(0, n)(random); };
    auto& engine = watched.engine;
    const std::string name = upTo(1) == 0 ? "mcpctl-dev-a" : "mcpctl-dev-b";
    const std::vector<std::function<void()>> ways{
        [&] { watched.orchestrator.suspendServer(watched.idOf(name)); },
        [&] { engine.remove(watched.idOf(name)); },
        [&] { engine.crash(watched.idOf(name), 137); },
        [&] { engine.update(watched.idOf(name), Resources{}, RestartPolicy{}); },
        [&] { engine.disconnect(watched.idOf(name), NetworkName("mcpctl-network")); },
        [&] { engine.rename(watched.idOf(name), fmt::format("somebody-{}", upTo(1'000'000))); },
        [&] { engine.restart(); },
        [&] { engine.events().forget(); },
    };
    try
    {
        ways[static_cast<std::size_t>(upTo(static_cast<int>(ways.size()) - 1))]();
    }
    catch (const std::runtime_error&)
    {
        return;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(upTo(3000)));
}

std::vector<std::string> complaints(Watched& watched)
{
    return judge(*watched.loop->state()->desired, watched.engine.world());
}

}

BOOST_AUTO_TEST_SUITE(unreliable_events_test)

BOOST_AUTO_TEST_CASE(events_lost_doubled_late_reordered_or_cut_off_are_made_good_by_one_resync)
{
    constexpr std::uint64_t seeds = slowBuild ? 40 : 200;
    std::size_t healedByEvents = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    {
        std::mt19937_64 random(seed);
        Watched watched({1ms, 2ms, 600s});
        const UnreliableEvents view(watched.orchestrator, seed);
        watched.start();
        {
            const EngineEars ears(
                view, ProjectName("mcpctl"),
                [&](const Event& event)
                {
                    if (event.type == Event::Type::kill || event.type == Event::Type::stop)
                        watched.loop->noteTouched(event.name);
                    watched.wakeUp.wake(WakeReason::engine);
                },
                watched.log);
            for (int i = 0; i < 10; ++i)
                disturb(watched, random);
        }
        // From here on nobody tells the loop anything.
        std::this_thread::sleep_for(5ms);
        healedByEvents += complaints(watched).empty() ? 1 : 0;
        watched.wake(WakeReason::resync);
        std::vector<std::string> left;
        const auto isHealed = [&] { return (left = complaints(watched)).empty(); };
        BOOST_TEST(watched.comes(isHealed), // what waits for its backoff, a few ms
                   "seed " << seed << ": " << fmt::format("{}", fmt::join(left, "; ")));
    }
    BOOST_TEST_MESSAGE(fmt::format("{} of {} worlds were healed before it", healedByEvents, seeds));
    BOOST_TEST(healedByEvents < seeds);
}

BOOST_AUTO_TEST_SUITE_END()
