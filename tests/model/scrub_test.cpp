#include "model/scrub.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;

namespace
{

Scrubber knowing(const std::vector<std::string>& secrets)
{
    DesiredState desired;
    DesiredInstance instance;
    for (const auto& secret : secrets)
        instance.spec.env["SECRET_" + std::to_string(instance.spec.env.size())] = EnvValue{secret, "name", true};
    instance.spec.env["PLAIN"] = EnvValue{"plain value", std::nullopt, true};
    instance.spec.env["UNKNOWN"] = EnvValue{"", "unresolved", false};
    desired.instances[InstanceName("a")] = instance;
    return Scrubber(desired);
}

}

BOOST_AUTO_TEST_SUITE(scrub_test)

BOOST_AUTO_TEST_CASE(a_secret_is_masked_wherever_it_stands)
{
    BOOST_TEST(knowing({"hunter22"}).scrub("hunter22, TOKEN=hunter22!") == "(secret), TOKEN=(secret)!");
}

BOOST_AUTO_TEST_CASE(one_secret_within_another_goes_as_a_whole)
{
    BOOST_TEST(knowing({"abcd", "xabcdx"}).scrub("xabcdx abcd") == "(secret) (secret)");
}

BOOST_AUTO_TEST_CASE(as_json_writes_it_a_secret_is_masked_as_well)
{
    const auto scrubbed = knowing({"say \"hi\"\n"}).scrub(R"-({"env":"say \"hi\"\n"})-");
    BOOST_TEST(scrubbed == R"-({"env":"(secret)"})-");
}

BOOST_AUTO_TEST_CASE(each_line_of_a_secret_is_masked_by_itself)
{
    BOOST_TEST(knowing({"first line\r\nsecond line\n"}).scrub("| first line\n| second line") ==
               "| (secret)\n| (secret)");
}

BOOST_AUTO_TEST_CASE(what_is_short_or_plain_or_unknown_is_left_alone)
{
    BOOST_TEST(knowing({"abc", ""}).scrub("abc plain value") == "abc plain value");
}

BOOST_AUTO_TEST_CASE(without_secrets_nothing_changes)
{
    BOOST_TEST(Scrubber().scrub("any text") == "any text");
}

BOOST_AUTO_TEST_SUITE_END()
