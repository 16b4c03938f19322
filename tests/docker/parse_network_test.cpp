#include "docker/parse_network.h"

#include "docker/recorded.h"
#include "orchestrator/error.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::docker;

BOOST_AUTO_TEST_SUITE(parse_network_test)

BOOST_AUTO_TEST_CASE(a_network_reads_back_as_it_was_asked_for)
{
    for (const auto* file : {"networks-20.10.json", "networks-28.5.json"})
    {
        std::map<std::string, ObservedNetwork> found;
        for (const auto& item : mcpctl::test::view(mcpctl::test::recordedText(file)).items())
            found.emplace(item["Name"].text(), parseNetwork(item));

        const auto& ours = found.at("mcpctl-net1");
        NetworkSpec wanted;
        wanted.name = NetworkName("mcpctl-net1");
        wanted.owner = ProjectName("mcpctl");
        BOOST_TEST(differences(wanted, ours.spec) == "");
        BOOST_TEST(ours.ours);
        BOOST_TEST(ours.ownerProject == "mcpctl");
        BOOST_TEST(!ours.spec.subnet.empty());

        const auto& bridge = found.at("bridge");
        BOOST_TEST(!bridge.ours);
        BOOST_TEST(differences(wanted, bridge.spec)
                       .starts_with("internal is false, wanted true; the host has an address on it, wanted none"));
    }
}

BOOST_AUTO_TEST_CASE(ipv6_and_what_makes_it_another_kind_of_network_are_differences)
{
    const auto differing = [](const std::string& members)
    {
        const auto network = parseNetwork(mcpctl::test::view(
            R"({"Id":"1","Name":"a","Internal":true,"Scope":"local","Driver":"bridge",)" + members + "}"));
        NetworkSpec wanted;
        wanted.name = NetworkName("a");
        return differences(wanted, network.spec);
    };
    const std::string closed = R"("com.docker.network.bridge.inhibit_ipv4":"true")";
    BOOST_TEST(differing(R"("Options":{)" + closed + "}") == "");
    BOOST_TEST(differing(R"("Options":{"com.docker.network.driver.mtu":"1400",)" + closed + "}") == "");
    BOOST_TEST(differing(R"("EnableIPv6":true,"Options":{)" + closed + "}") == "it has IPv6, wanted none");
    BOOST_TEST(differing(R"("Options":{"com.docker.network.bridge.name":"br0",)" + closed + "}") ==
               "it is made otherwise: com.docker.network.bridge.name=br0");
    const auto other = parseNetwork(mcpctl::test::view(
        R"({"Id":"1","Name":"a","Internal":true,"Scope":"local","Driver":"macvlan","Options":{"parent":"eth0"}})"));
    BOOST_TEST((other.spec.oddities == std::set<std::string>{"driver macvlan", "parent=eth0"}));
}

BOOST_AUTO_TEST_CASE(a_copied_label_does_not_make_a_network_ours)
{
    const auto network = parseNetwork(mcpctl::test::view(
        R"({"Id":"1","Name":"other","Labels":{"mcpctl.managed":"true","mcpctl.network":"mcpctl-net1"}})"));
    BOOST_TEST(!network.ours);
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused)
{
    for (const auto* json :
         {"{}", R"({"Id":1,"Name":"a"})", R"({"Id":"1","Name":"a","Options":[]})",
          R"({"Id":"1","Name":"a","IPAM":{"Config":{}}})", R"({"Id":"1","Name":"a","Internal":"no"})"})
        BOOST_CHECK_THROW(parseNetwork(mcpctl::test::view(json)), OrchestratorError);
}

/// Engine 20.10 makes one unless it is told not to.
BOOST_AUTO_TEST_CASE(the_engine_is_asked_to_refuse_a_second_network_of_a_name)
{
    BOOST_TEST(networkBody(NetworkSpec{}).getValue<bool>("CheckDuplicate"));
}

BOOST_AUTO_TEST_SUITE_END()
