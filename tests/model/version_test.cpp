#include "model/version.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(version_test)

BOOST_AUTO_TEST_CASE(the_version_has_three_numbers)
{
    BOOST_TEST(std::count(mcpctl::version.begin(), mcpctl::version.end(), '.') == 2);
}

BOOST_AUTO_TEST_SUITE_END()
