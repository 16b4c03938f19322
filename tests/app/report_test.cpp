#include "app/report.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;

namespace
{

using Result = Outcome::Result;

int codeOf(const std::vector<Result>& results)
{
    Outcomes outcomes;
    for (const auto result : results)
        outcomes.emplace_back().result = result;
    return static_cast<int>(exitCodeOf(outcomes));
}

}

BOOST_AUTO_TEST_SUITE(report_test)

BOOST_AUTO_TEST_CASE(a_run_ends_with_0_with_1_for_a_failure_and_with_7_for_a_replace_that_was_rolled_back)
{
    BOOST_TEST(codeOf({}) == 0);
    BOOST_TEST(codeOf({Result::done, Result::done}) == 0);
    BOOST_TEST(codeOf({Result::done, Result::failed}) == 1);
    BOOST_TEST(codeOf({Result::done, Result::rolledBack}) == 7);
    BOOST_TEST(codeOf({Result::rolledBack, Result::failed}) == 1);
    BOOST_TEST(codeOf({Result::rolledBack, Result::skipped}) == 7); // skipped for the other's sake
    BOOST_TEST(codeOf({Result::done, Result::skipped}) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
