#include "app/log.h"

#include <boost/test/unit_test.hpp>

#include <regex>

using namespace mcpctl;

BOOST_AUTO_TEST_SUITE(log_test)

BOOST_AUTO_TEST_CASE(what_is_less_urgent_than_was_asked_for_is_not_told)
{
    std::string told;
    const Log log(LogLevel::warning, [&told](const std::string& line) { told += line; });
    log.debug("a");
    log.info("b");
    BOOST_TEST(told.empty());
    log.warning("c");
    log.error("d");
    BOOST_TEST(told.find(" warning c\n") != std::string::npos);
    BOOST_TEST(told.find(" error   d\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_line_has_its_time_and_level_and_no_text_can_look_like_another_line)
{
    std::string told;
    Log(LogLevel::debug, [&told](const std::string& line) { told += line; }).info("one\ntwo\033[2J");
    BOOST_TEST(std::regex_match(told, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z info    one two \[2J\n)")),
               told);
}

BOOST_AUTO_TEST_SUITE_END()
