#include "support/contract_cases.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace mcpctl::test
{

namespace
{

using Kind = OrchestratorError::Kind;

std::vector<ObservedNetwork> named(const ContractBed& bed, const NetworkName& name)
{
    auto all = bed.orchestrator.getNetworkInfo();
    all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& each) { return each.spec.name != name; }),
              all.end());
    return all;
}

void ensuredIsThere(const ContractBed& bed)
{
    const auto wanted = contractNetwork(bed, "one");
    bed.orchestrator.ensureNetworkExists(wanted);
    BOOST_CHECK_NO_THROW(bed.orchestrator.ensureNetworkExists(wanted));
    const auto found = named(bed, wanted.name);
    BOOST_REQUIRE_EQUAL(found.size(), 1U);
    BOOST_TEST(found[0].spec.internal);
    BOOST_TEST(!found[0].spec.hostAddress);
    BOOST_TEST(!found[0].spec.ipv6);
    BOOST_TEST(found[0].spec.oddities.empty());
    BOOST_TEST(found[0].ours);
    BOOST_TEST(found[0].ownerProject == bed.project.text);
}

void otherOptionsAreAnError(const ContractBed& bed)
{
    auto wanted = contractNetwork(bed, "one");
    bed.orchestrator.ensureNetworkExists(wanted);
    wanted.internal = false;
    checkFails(
        Kind::conflict, [&] { bed.orchestrator.ensureNetworkExists(wanted); }, wanted.name.text);
    BOOST_TEST(named(bed, wanted.name).at(0).spec.internal);
}

void removedIsGone(const ContractBed& bed)
{
    const auto wanted = contractNetwork(bed, "one");
    bed.orchestrator.ensureNetworkExists(wanted);
    const auto id = named(bed, wanted.name).at(0).id;
    bed.orchestrator.removeNetwork(id);
    BOOST_TEST(named(bed, wanted.name).empty());
    BOOST_CHECK_NO_THROW(bed.orchestrator.removeNetwork(id));
}

void usedIsNotRemoved(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    bed.orchestrator.startServer(launch);
    const auto network = named(bed, contractNetwork(bed, "net").name).at(0);
    BOOST_CHECK_THROW(bed.orchestrator.removeNetwork(network.id), OrchestratorError);
    BOOST_TEST(named(bed, network.spec.name).size() == 1U);
}

void connectedAndDisconnected(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    const auto other = contractNetwork(bed, "two");
    bed.orchestrator.ensureNetworkExists(other);
    bed.orchestrator.connectNetwork(id, other.name, {"x", "y"}, "");
    BOOST_CHECK_NO_THROW(bed.orchestrator.connectNetwork(id, other.name, {"x", "y"}, ""));
    auto live = need(bed, launch.name.text);
    BOOST_TEST((live.spec.networks.at(other.name) == std::set<std::string>{"x", "y"}));
    BOOST_TEST(live.spec.networks.size() == 2U);
    bed.orchestrator.disconnectNetwork(id, other.name);
    BOOST_CHECK_NO_THROW(bed.orchestrator.disconnectNetwork(id, other.name));
    live = need(bed, launch.name.text);
    BOOST_TEST((live.spec.networks == launch.spec.networks));
    BOOST_TEST((live.state == RunState::running));
}

void keepsItsFixedAddress(const ContractBed& bed)
{
    auto launch = contractLaunch(bed, "a");
    auto other = contractNetwork(bed, "two");
    other.subnet = "10.213.77.0/29";
    bed.orchestrator.ensureNetworkExists(other);
    launch.spec.networks[other.name] = {"x"};
    launch.spec.fixedAddresses[other.name] = "10.213.77.6";
    const auto id = bed.orchestrator.startServer(launch);
    BOOST_TEST((need(bed, launch.name.text).spec.fixedAddresses == launch.spec.fixedAddresses));
    bed.orchestrator.disconnectNetwork(id, other.name);
    BOOST_TEST(need(bed, launch.name.text).spec.fixedAddresses.empty());
    bed.orchestrator.connectNetwork(id, other.name, {"x", "y"}, "10.213.77.6");
    BOOST_TEST((need(bed, launch.name.text).spec.fixedAddresses == launch.spec.fixedAddresses));
}

void madeAnewUnderneath(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    const auto network = contractNetwork(bed, "net");
    const auto before = need(bed, launch.name.text);
    const auto oldId = named(bed, network.name).at(0).id;
    bed.orchestrator.disconnectNetwork(id, network.name);
    bed.orchestrator.removeNetwork(oldId);
    bed.orchestrator.ensureNetworkExists(network);
    bed.orchestrator.connectNetwork(id, network.name, launch.spec.networks.at(network.name), "");
    const auto live = need(bed, launch.name.text);
    BOOST_TEST(named(bed, network.name).at(0).id != oldId);
    BOOST_TEST((live.spec == before.spec));
    BOOST_TEST((live.state == RunState::running));
    BOOST_TEST(live.startedAt == before.startedAt);
    BOOST_TEST(live.staleNetworks.empty());
    // The new one holds also at the next start.
    bed.orchestrator.restartServer(id);
    BOOST_TEST((need(bed, launch.name.text).spec.networks == launch.spec.networks));
}

void severalFromTheStart(const ContractBed& bed)
{
    auto launch = contractLaunch(bed, "a");
    const auto other = contractNetwork(bed, "two");
    bed.orchestrator.ensureNetworkExists(other);
    launch.spec.networks[other.name] = {"x"};
    bed.orchestrator.startServer(launch);
    BOOST_TEST((need(bed, launch.name.text).spec.networks == launch.spec.networks));
}

void noneAtAll(const ContractBed& bed)
{
    auto launch = contractLaunch(bed, "a");
    launch.spec.networks.clear();
    bed.orchestrator.startServer(launch);
    BOOST_TEST(need(bed, launch.name.text).spec.networks.empty());
}

void lostIsStale(const ContractBed& bed)
{
    const auto launch = contractLaunch(bed, "a");
    const auto id = bed.orchestrator.startServer(launch);
    BOOST_TEST(need(bed, launch.name.text).staleNetworks.empty());
    bed.orchestrator.suspendServer(id);
    const auto network = contractNetwork(bed, "net");
    bed.orchestrator.removeNetwork(named(bed, network.name).at(0).id);
    BOOST_TEST((need(bed, launch.name.text).staleNetworks == std::set<NetworkName>{network.name}));
    bed.orchestrator.ensureNetworkExists(network);
    BOOST_TEST((need(bed, launch.name.text).staleNetworks == std::set<NetworkName>{network.name}));
}

}

std::vector<ContractCase> networkCases()
{
    return {
        {"a_network_is_made_once_however_often_it_is_asked_for", ensuredIsThere},
        {"a_network_that_is_there_with_other_options_is_an_error_and_no_change", otherOptionsAreAnError},
        {"a_network_that_is_removed_is_gone_and_removing_it_again_succeeds", removedIsGone},
        {"a_network_that_something_runs_on_is_not_removed", usedIsNotRemoved},
        {"connecting_and_disconnecting_change_what_runs_and_may_be_repeated", connectedAndDisconnected},
        {"a_fixed_address_is_kept_when_the_names_on_a_network_change", keepsItsFixedAddress},
        {"a_network_is_made_anew_underneath_of_what_runs_on_it", madeAnewUnderneath},
        {"an_instance_is_on_all_its_networks_when_it_starts", severalFromTheStart},
        {"an_instance_without_networks_is_on_none", noneAtAll},
        {"a_network_that_was_lost_or_made_anew_is_told_as_stale", lostIsStale},
    };
}

}
