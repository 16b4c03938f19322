#include "docker/proc_text.h"

#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl::docker;

BOOST_AUTO_TEST_SUITE(proc_text_test)

BOOST_AUTO_TEST_CASE(a_mask_of_capabilities_is_told_by_names)
{
    BOOST_TEST((capabilitiesOf("0000000000000000") == std::set<std::string>{}));
    BOOST_TEST((capabilitiesOf("0000000000200001") == std::set<std::string>{"CHOWN", "SYS_ADMIN"}));
    BOOST_TEST((capabilitiesOf("0000010000000000") == std::set<std::string>{"CHECKPOINT_RESTORE"}));
    // One that this program does not know yet is not passed over.
    BOOST_TEST((capabilitiesOf("0000020000000000") == std::set<std::string>{"CAP-41"}));
    for (const auto* nonsense : {"", "xyz", "12 34", "-1", "10000000000000000"})
        BOOST_TEST(!capabilitiesOf(nonsense).has_value());
}

BOOST_AUTO_TEST_CASE(lines_of_mountinfo_are_read_whatever_optional_fields_they_have)
{
    const auto mounts = mountLines("1 2 0:30 / / ro,relatime - overlay overlay rw,lowerdir=/a\n"
                                   "3 1 8:1 /var/lib/x /with\\040blank rw shared:1 master:2 - ext4 /dev/sda1 ro\n"
                                   "a broken line\n"
                                   "4 1 0:5 / /short rw -\n");
    BOOST_REQUIRE_EQUAL(mounts.size(), 2U);
    BOOST_TEST(mounts[0].point == "/");
    BOOST_TEST(mounts[0].type == "overlay");
    BOOST_TEST(mounts[0].options.contains("ro"));
    BOOST_TEST(mounts[1].point == "/with blank");
    BOOST_TEST(mounts[1].root == "/var/lib/x");
    BOOST_TEST(mounts[1].device == "8:1");
    BOOST_TEST(mounts[1].options.contains("ro")); // the file system's own
}

BOOST_AUTO_TEST_CASE(default_routes_are_told_by_their_gateways)
{
    const std::string head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";
    const std::string net = "eth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n";
    const std::string out = "eth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
    BOOST_TEST(defaultGateways(head + net).empty());
    BOOST_TEST((defaultGateways(head + net + out) == std::set<std::string>{"172.18.0.1"}));
    BOOST_TEST(defaultGateways("").empty());
    const std::string zero(32, '0');
    const auto six = [&](const std::string& device)
    { return zero + " 00 " + zero + " 00 " + zero + " ffffffff 00000001 00000000 00200200 " + device + "\n"; };
    BOOST_TEST(!hasIpv6Default(six("lo")));
    BOOST_TEST(hasIpv6Default(six("eth0")));
    BOOST_TEST(!hasIpv6Default(""));
}

BOOST_AUTO_TEST_CASE(addresses_of_a_namespace_are_read_from_its_routes)
{
    const auto local = localAddresses("Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 127.0.0.1\n        /32 host LOCAL\n"
                                      "     |-- 172.18.0.0\n        /16 link UNICAST\n"
                                      "     |-- 172.18.0.1\n        /32 host LOCAL\n");
    BOOST_TEST((local == std::set<std::string>{"127.0.0.1", "172.18.0.1"}));
}

BOOST_AUTO_TEST_CASE(groups_are_found_by_controller_in_both_versions)
{
    const auto one = controlGroups("5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/init\n");
    BOOST_TEST(one.at("cpu") == "/docker/abc");
    BOOST_TEST(one.at("memory") == "/docker/abc");
    BOOST_TEST(one.at("") == "/init");
    BOOST_TEST(controlGroups("0::/system.slice/docker-abc.scope\n").at("") == "/system.slice/docker-abc.scope");
    BOOST_TEST(controlGroups("nonsense").empty());
}

BOOST_AUTO_TEST_CASE(numbers_with_something_else_among_them_are_nothing)
{
    BOOST_TEST((numbersOf("1000\t1000 5") == std::set<std::int64_t>{5, 1000}));
    BOOST_TEST((numbersOf("") == std::set<std::int64_t>{}));
    BOOST_TEST(!numbersOf("1 two").has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_empty_and_a_missing_one_is_nothing)
{
    const mcpctl::test::TemporaryFolder folder;
    folder.write("empty", "");
    BOOST_TEST(slurp(folder.path() / "empty").value() == "");
    BOOST_TEST(!slurp(folder.path() / "missing").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
