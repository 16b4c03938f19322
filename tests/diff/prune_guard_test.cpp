#include "diff/prune_guard.h"

#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

using namespace mcpctl;

namespace
{

/// A plan that removes `removed` of `owned` instances.
Plan removing(std::size_t removed, std::size_t owned)
{
    Plan plan;
    plan.project = ProjectName("mcpctl");
    plan.ownedInstances = owned;
    for (std::size_t i = 0; i < removed; ++i)
    {
        Step step;
        step.phase = Step::Phase::prune;
        step.object = fmt::format("mcpctl-dev-{}", i);
        step.actions = {action::Remove{"id", step.object}};
        plan.steps.push_back(step);
    }
    return plan;
}

}

BOOST_AUTO_TEST_SUITE(prune_guard_test)

BOOST_AUTO_TEST_CASE(more_than_three_and_more_than_a_third_at_once_are_stopped)
{
    struct Row
    {
        std::size_t removed, owned;
        bool passes;
    };
    for (const auto& row : std::vector<Row>{{0, 0, true},
                                            {1, 1, true}, // replaced by others: one is declared
                                            {3, 3, true},
                                            {3, 100, true},
                                            {4, 4, false},
                                            {4, 13, false},
                                            {4, 14, true},
                                            {30, 100, true},
                                            {31, 100, false}})
        BOOST_TEST(!pruneGuard(removing(row.removed, row.owned), 1, {}).has_value() == row.passes,
                   row.removed << " of " << row.owned);
}

BOOST_AUTO_TEST_CASE(an_empty_state_removes_nothing_unless_that_is_allowed)
{
    PruneLimits limits;
    BOOST_TEST(pruneGuard(removing(1, 1), 0, limits).value() ==
               "the manifests declare no instance, and that would remove all 1 of project mcpctl; "
               "if that is meant, say --allow-empty");
    limits.allowEmpty = true;
    BOOST_TEST(!pruneGuard(removing(100, 100), 0, limits).has_value());
    BOOST_TEST(!pruneGuard(removing(0, 0), 0, {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_number_that_was_given_counts_instead)
{
    PruneLimits limits;
    limits.most = 5;
    BOOST_TEST(!pruneGuard(removing(5, 5), 1, limits).has_value());
    BOOST_TEST(pruneGuard(removing(6, 100), 1, limits).value() ==
               "6 instances would be removed, and --prune-max allows 5");
    limits.most = 0;
    BOOST_TEST(pruneGuard(removing(1, 100), 1, limits).has_value());
    BOOST_TEST(!pruneGuard(removing(0, 100), 1, limits).has_value());
}

BOOST_AUTO_TEST_CASE(a_number_does_not_allow_to_empty_a_project)
{
    PruneLimits limits;
    limits.most = 10;
    BOOST_TEST(pruneGuard(removing(2, 2), 0, limits).has_value());
}

BOOST_AUTO_TEST_CASE(networks_and_replaced_instances_do_not_count)
{
    auto plan = removing(3, 5);
    Step network;
    network.phase = Step::Phase::prune;
    network.object = "mcpctl-tools";
    network.actions = {action::RemoveNetwork{"id"}};
    Step leftover;
    leftover.object = "mcpctl-dev-x";
    leftover.actions = {action::Remove{"id", "mcpctl-dev-x.new-01234567"}};
    plan.steps.push_back(network);
    plan.steps.push_back(leftover);
    BOOST_TEST(prunedInstances(plan) == 3U);
    BOOST_TEST(!pruneGuard(plan, 1, {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
