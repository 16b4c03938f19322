#define BOOST_TEST_MODULE mcpctl
#include <boost/test/unit_test.hpp>
