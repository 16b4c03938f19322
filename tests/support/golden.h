#pragma once

#include "model/plan.h"

#include <boost/test/unit_test.hpp>

#include <string>

namespace mcpctl::test
{

/// The text form, compared as a whole. `expected` begins with the line break of its raw string.
inline void checkPlan(const Plan& plan, const std::string& expected)
{
    const auto actual = "\n" + renderPlan(plan);
    BOOST_CHECK_MESSAGE(actual == expected, "the plan is [" << actual << "] and not [" << expected << "]");
}

}
