#include "app/gateway_options.h"

#include "support/temporary_folder.h"
#include "validate/gateways.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

GlobalOptions remote()
{
    GlobalOptions global;
    global.host = "tcp://198.51.100.9:2376";
    return global;
}

}

BOOST_AUTO_TEST_SUITE(gateway_options_test)

BOOST_AUTO_TEST_CASE(name_servers_are_those_that_a_container_reaches_too)
{
    const TemporaryFolder folder;
    const auto stub = folder.write("stub", "nameserver 127.0.0.53\noptions edns0\n");
    const auto real = folder.write(
        "real", "# nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 2001:db8::1\nnameserver 192.0.2.3\n");
    BOOST_TEST((nameServersIn({stub, real}) == std::vector<std::string>{"192.0.2.2:53", "192.0.2.3:53"}));
    BOOST_TEST(nameServersIn({stub, folder.path() / "missing"}).empty());
}

BOOST_AUTO_TEST_CASE(options_are_taken_and_their_mistakes_are_told)
{
    auto global = remote();
    global.egressDns = "192.0.2.2,192.0.2.3:5353";
    global.egressRefuse = "192.0.2.9,192.0.2.16/28";
    global.networkPool = "10.9.0.0/20";
    global.gatewayImage = "haproxy@sha256:abc";
    const auto options = gatewayOptions(global);
    BOOST_TEST((options.nameServers == std::vector<std::string>{"192.0.2.2:53", "192.0.2.3:5353"}));
    BOOST_TEST((options.hostAddresses() == std::vector<std::string>{"192.0.2.16/28", "192.0.2.9", "198.51.100.9"}));
    BOOST_TEST(options.networkPool == "10.9.0.0/20");
    BOOST_TEST(options.image == "haproxy@sha256:abc");
    for (const auto* good : {"192.0.2.2", "192.0.2.2:53", "192.0.2.2,192.0.2.3:5353"})
        BOOST_TEST(complaintAboutNameServers(good).empty(), good);
    for (const auto* bad : {"", "dns.example.test", "192.0.2.2:0", "192.0.2.2:70000", "192.0.2.2:5x", "127.0.0.53",
                            "2001:db8::1", "192.0.2.2 "})
        BOOST_TEST(!complaintAboutNameServers(bad).empty(), bad);
    BOOST_TEST(!complaintAboutAddresses("here").empty());
    BOOST_TEST(complaintAboutPool("10.9.0.0/29").empty());
    for (const auto* bad : {"10.9.0.0/30", "10.9.0.1/24", "10.9.0.0", "2001:db8::/64"})
        BOOST_TEST(!complaintAboutPool(bad).empty(), bad);
}

BOOST_AUTO_TEST_CASE(of_an_engine_elsewhere_nothing_is_guessed_from_this_machine)
{
    const auto options = gatewayOptions(remote());
    BOOST_TEST(options.nameServers.empty());
    BOOST_TEST((options.hostAddresses() == std::vector<std::string>{"198.51.100.9"}));
}

BOOST_AUTO_TEST_SUITE_END()
