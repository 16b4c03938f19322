#include "model/plan.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;

namespace
{

/// A plan of one step with a change for each of `verdicts`.
PlanSummary summaryOf(const std::vector<Verdict>& verdicts)
{
    Step step;
    step.actions = {action::Update{}};
    for (const auto verdict : verdicts)
        step.changes.push_back({"memory", "1Gi", "2Gi", verdict, {}});
    Plan plan;
    plan.steps = {step};
    return summarize(plan);
}

}

BOOST_AUTO_TEST_SUITE(plan_test)

BOOST_AUTO_TEST_CASE(a_step_is_drift_alone_where_all_of_its_changes_are)
{
    BOOST_TEST(summaryOf({Verdict::drift, Verdict::drift}).driftOnly == 1);
    BOOST_TEST(summaryOf({Verdict::drift, Verdict::pending}).driftOnly == 0);
    BOOST_TEST(summaryOf({Verdict::both}).driftOnly == 0);
    BOOST_TEST(summaryOf({}).driftOnly == 0);
}

BOOST_AUTO_TEST_SUITE_END()
