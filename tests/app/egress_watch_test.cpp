#include "app/egress_watch.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace std::chrono_literals;

namespace
{

LogLine line(const std::string& text)
{
    return {LogStream::out, 42, text};
}

}

BOOST_AUTO_TEST_SUITE(egress_watch_test)

BOOST_AUTO_TEST_CASE(a_refusal_says_who_wanted_where_and_why_not)
{
    const auto denial = parseDenial(line("egress denied server=mcpctl-dev-echo port=443 reason=not-listed address=- "
                                         "name=evil.example.test"));
    BOOST_REQUIRE(denial);
    BOOST_TEST((denial->type == Event::Type::egressDenied));
    BOOST_TEST(denial->name == "mcpctl-dev-echo");
    BOOST_TEST(denial->target == "evil.example.test:443");
    BOOST_TEST(denial->reason == "not-listed");
    BOOST_TEST(denial->timeNanos == 42);
}

BOOST_AUTO_TEST_CASE(other_lines_and_later_parts_of_a_line_are_no_refusals)
{
    BOOST_TEST(!parseDenial(line("egress allowed server=a port=443 reason=listed address=192.0.2.1 name=b")));
    BOOST_TEST(!parseDenial(line("[NOTICE] (7) : Loading success.")));
    auto part = line("egress denied server=a port=443 reason=no-tls address=- name=-");
    part.begins = false;
    BOOST_TEST(!parseDenial(part));
}

BOOST_AUTO_TEST_CASE(the_name_comes_last_and_cannot_change_what_was_said_before)
{
    const auto denial =
        parseDenial(line("egress denied server=a port=443 reason=not-listed address=- name=x server=b"));
    BOOST_REQUIRE(denial);
    BOOST_TEST(denial->name == "a");
}

BOOST_AUTO_TEST_CASE(the_same_attempt_is_news_once_a_minute)
{
    DenialFilter filter;
    Event denial;
    denial.name = "a";
    denial.target = "b:443";
    const DenialFilter::Clock::time_point start(100s);
    BOOST_TEST(filter.isNews(denial, start));
    BOOST_TEST(!filter.isNews(denial, start + 59s));
    BOOST_TEST(filter.isNews(denial, start + 60s));
    denial.target = "c:443";
    BOOST_TEST(filter.isNews(denial, start + 60s));
}

BOOST_AUTO_TEST_SUITE_END()
