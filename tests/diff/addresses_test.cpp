#include "diff/addresses.h"

#include "model/gateways.h"
#include "model/subnet.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;

namespace
{

const NetworkName first{"p-a.egress"};
const NetworkName second{"p-b.egress"};

DesiredNetwork fromPool(const NetworkName& name)
{
    DesiredNetwork network;
    network.spec.name = name;
    network.fromPool = true;
    return network;
}

/// Two networks from a pool of four, and a gateway on both.
DesiredState declared()
{
    DesiredState desired;
    desired.networkPool = "10.9.0.0/27";
    for (const auto& name : {first, second})
        desired.networks.emplace(name, fromPool(name));
    DesiredInstance gateway;
    gateway.name = InstanceName("p.egress");
    gateway.spec.networks = {{first, {}}, {second, {}}};
    gateway.spec.fixedAddresses = {{first, ""}};
    gateway.spec.configFiles["/config/a"] =
        "x " + subnetPlaceholder(second) + " y " + subnetPlaceholder(first) + " " + subnetPlaceholder(second);
    desired.instances.emplace(gateway.name, gateway);
    return desired;
}

ObservedState with(const std::map<std::string, std::string>& subnets)
{
    ObservedState observed;
    for (const auto& [name, subnet] : subnets)
    {
        ObservedNetwork network;
        network.spec.name = NetworkName(name);
        network.spec.subnet = subnet;
        observed.networks.emplace(network.spec.name, network);
    }
    return observed;
}

std::string subnetOf(const DesiredState& desired, const NetworkName& name)
{
    return desired.networks.at(name).spec.subnet;
}

}

BOOST_AUTO_TEST_SUITE(addresses_test)

BOOST_AUTO_TEST_CASE(new_networks_get_the_first_of_the_pool_that_is_free)
{
    const auto desired = withAddresses(declared(), {});
    BOOST_TEST(subnetOf(desired, first) == "10.9.0.0/29");
    BOOST_TEST(subnetOf(desired, second) == "10.9.0.8/29");
}

BOOST_AUTO_TEST_CASE(a_network_that_is_there_keeps_what_it_has_even_outside_of_the_pool)
{
    const auto desired =
        withAddresses(declared(), with({{first.text, "10.9.0.16/29"}, {second.text, "172.20.0.0/16"}}));
    BOOST_TEST(subnetOf(desired, first) == "10.9.0.16/29");
    BOOST_TEST(subnetOf(desired, second) == "172.20.0.0/16");
}

BOOST_AUTO_TEST_CASE(nothing_that_anybody_has_is_given_away_again)
{
    auto before = declared();
    DesiredNetwork fixed;
    fixed.spec.subnet = "10.9.0.8/29";
    before.networks.emplace(NetworkName("p-fixed"), fixed);
    const auto desired = withAddresses(before, with({{"foreign", "10.9.0.4/30"}, {"six", "2001:db8::/64"}}));
    BOOST_TEST(subnetOf(desired, first) == "10.9.0.16/29");
    BOOST_TEST(subnetOf(desired, second) == "10.9.0.24/29");
}

BOOST_AUTO_TEST_CASE(a_pool_that_is_used_up_is_a_problem_of_the_networks_without_a_place)
{
    const auto desired = withAddresses(declared(), with({{"foreign", "10.9.0.0/28"}, {"other", "10.9.0.24/30"}}));
    BOOST_TEST(subnetOf(desired, first) == "10.9.0.16/29");
    BOOST_TEST(desired.networks.at(first).problem.empty());
    BOOST_TEST(desired.networks.at(second).problem.find("10.9.0.0/27") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_pool_at_the_end_of_all_addresses_ends_there)
{
    auto before = declared();
    before.networkPool = "255.255.255.248/29";
    const auto desired = withAddresses(before, {});
    BOOST_TEST(subnetOf(desired, first) == "255.255.255.248/29");
    BOOST_TEST(!desired.networks.at(second).problem.empty());
}

BOOST_AUTO_TEST_CASE(placeholders_become_subnets_and_an_empty_fixed_address_the_last_of_its_network)
{
    const auto desired = withAddresses(declared(), {});
    const auto& spec = desired.instances.at(InstanceName("p.egress")).spec;
    BOOST_TEST(spec.configFiles.at("/config/a") == "x 10.9.0.8/29 y 10.9.0.0/29 10.9.0.8/29");
    BOOST_TEST(spec.fixedAddresses.at(first) == "10.9.0.6");
    BOOST_TEST(spec.fixedAddresses.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_same_state_twice_gives_the_same_addresses)
{
    const auto once = withAddresses(declared(), {});
    const auto again =
        withAddresses(declared(), with({{first.text, subnetOf(once, first)}, {second.text, subnetOf(once, second)}}));
    BOOST_TEST(digestOf(once) == digestOf(again));
}

BOOST_AUTO_TEST_CASE(a_subnet_is_written_as_it_is_read)
{
    for (const auto* text : {"10.89.0.0/24", "0.0.0.0/8", "192.168.1.252/30", "255.255.255.248/29"})
        BOOST_TEST(toString(parseSubnet(text).value()) == text);
}

BOOST_AUTO_TEST_SUITE_END()
