#include "support/faulty_orchestrator.h"
#include "support/slow_build.h"
#include "support/trial.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace mcpctl;
using namespace mcpctl::test;

// A pass is killed before and after each single thing it changes on the engine. One more pass then has to
// reach what is declared: the right names, nothing twice, nothing left over.

BOOST_AUTO_TEST_SUITE(crash_test)

BOOST_AUTO_TEST_CASE(killed_before_or_after_any_change_the_next_pass_reaches_what_is_declared)
{
    std::size_t kills = 0;
    for (const auto& scenario : scenarios())
        for (std::size_t point = 0;; ++point)
        {
            Trial trial(scenario);
            if (!trial.fleet.applyAndDie(point))
                break;
            ++kills;
            if (const auto wrong = trial.wrongNowOrAfterNextPass(); !wrong.empty())
                BOOST_ERROR(fmt::format("{}, killed at moment {}: {}", scenario.name, point, wrong));
        }
    BOOST_TEST_MESSAGE(fmt::format("{} scenarios, {} kill points", scenarios().size(), kills));
    BOOST_TEST(kills >= 390U);
}

BOOST_AUTO_TEST_CASE(killed_twice_the_pass_after_reaches_what_is_declared)
{
    constexpr std::size_t stride = slowBuild ? 4 : 1;
    std::size_t kills = 0;
    for (const auto& scenario : scenarios())
        for (std::size_t first = 0; first < 40; first += stride)
            for (std::size_t second = 0;; ++second)
            {
                Trial trial(scenario);
                if (!trial.fleet.applyAndDie(first) || !trial.fleet.applyAndDie(second))
                    break;
                ++kills;
                if (const auto wrong = trial.wrongNowOrAfterNextPass(); !wrong.empty())
                    BOOST_ERROR(fmt::format("{}, killed at {} and {}: {}", scenario.name, first, second, wrong));
            }
    BOOST_TEST_MESSAGE(fmt::format("{} pairs of kill points", kills));
    BOOST_TEST(kills * stride > 2000U);
}

BOOST_AUTO_TEST_SUITE_END()
