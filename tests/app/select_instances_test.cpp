#include "app/select_instances.h"

#include "app/moment.h"
#include "app/pipeline.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace mcpctl;

namespace
{

ObservedInstance instance(const std::string& profile, const std::string& name, const std::string& suffix = "")
{
    ObservedInstance out;
    out.marks.project = "mcpctl";
    out.marks.profile = profile;
    out.marks.instance = "mcpctl-" + profile + "-" + name;
    out.name = out.marks.instance + suffix;
    out.id = "id-" + out.name;
    return out;
}

const std::vector<ObservedInstance> fleet{instance("dev", "memory"), instance("dev", "web"), instance("prod", "memory"),
                                          instance("prod", "web", ".old-1234"), instance("prod", "dev-web")};

std::vector<std::string> names(const std::vector<ObservedInstance>& instances)
{
    std::vector<std::string> out(instances.size());
    std::transform(instances.begin(), instances.end(), out.begin(), [](const auto& each) { return each.name; });
    return out;
}

using Names = std::vector<std::string>;

/// What the complaint about `words` says.
std::string complaint(const Names& words)
{
    try
    {
        selectInstances(fleet, words);
    }
    catch (const UsageError& error)
    {
        return error.what();
    }
    return "";
}

}

BOOST_AUTO_TEST_SUITE(select_instances_test)

BOOST_AUTO_TEST_CASE(an_instance_goes_by_its_full_name_with_its_profile_or_by_its_own_where_that_is_unique)
{
    BOOST_TEST((names(selectInstances(fleet, {"mcpctl-prod-memory"})) == Names{"mcpctl-prod-memory"}));
    BOOST_TEST((names(selectInstances(fleet, {"prod-memory"})) == Names{"mcpctl-prod-memory"}));
    BOOST_TEST((names(selectInstances(fleet, {"web"})) == Names{"mcpctl-dev-web"}));
    BOOST_TEST(selectInstances(fleet, {}).empty());
}

BOOST_AUTO_TEST_CASE(they_come_in_the_order_of_the_words_and_once)
{
    BOOST_TEST((names(selectInstances(fleet, {"web", "dev-memory", "mcpctl-dev-web"})) ==
                Names{"mcpctl-dev-web", "mcpctl-dev-memory"}));
}

BOOST_AUTO_TEST_CASE(what_a_replace_set_aside_goes_by_its_full_name_only)
{
    BOOST_TEST((names(selectInstances(fleet, {"mcpctl-prod-web.old-1234"})) == Names{"mcpctl-prod-web.old-1234"}));
    BOOST_TEST(!complaint({"prod-web"}).empty());
    BOOST_TEST((names(selectProfile(fleet, "prod")) == Names{"mcpctl-prod-memory", "mcpctl-prod-dev-web"}));
    BOOST_TEST(settledInstances(fleet).size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_name_of_several_or_of_none_is_a_mistake_that_says_what_was_meant)
{
    BOOST_TEST(complaint({"memory"}) == "memory is one of several: mcpctl-dev-memory, mcpctl-prod-memory");
    // Both the instance of profile dev and the one of profile prod that is called so.
    BOOST_TEST(complaint({"dev-web"}) == "dev-web is one of several: mcpctl-dev-web, mcpctl-prod-dev-web");
    BOOST_TEST(complaint({"prod-memroy"}) == "there is no instance prod-memroy; did you mean prod-memory?");
    BOOST_TEST(complaint({"something-else"}) == "there is no instance something-else");
    BOOST_CHECK_THROW(selectProfile(fleet, "prd"), UsageError);
}

BOOST_AUTO_TEST_CASE(a_moment_is_a_time_or_so_long_ago)
{
    constexpr std::int64_t now = 1772271000'000000000;
    BOOST_TEST(parseMoment("10m", "--since", now) == now - 600'000000000);
    BOOST_TEST(parseMoment("2026-02-28T09:30:00Z", "--since", 0) == now);
    BOOST_TEST(parseMoment("36500d", "--since", now) == 0);
    BOOST_CHECK_THROW(parseMoment("yesterday", "--since", now), UsageError);
}

BOOST_AUTO_TEST_SUITE_END()
