#include "support/fleet.h"
#include "support/golden.h"

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

struct Two : Fleet
{
    Two()
    {
        declareNetwork("tools");
        declare("memory");
        declare("search").spec.networks[NetworkName("mcpctl-tools")] = {"search"};
        apply();
    }

    void undeclare(const std::string& name) { desired.instances.erase(InstanceName(name)); }
    void undeclareNetwork() { desired.networks.erase(NetworkName("mcpctl-tools")); }
};

}

BOOST_AUTO_TEST_SUITE(prune_test)

BOOST_AUTO_TEST_CASE(what_is_no_longer_declared_goes_last_and_its_network_after_it)
{
    Two fleet;
    fleet.undeclare("mcpctl-dev-search");
    fleet.undeclareNetwork();
    fleet.declare("files");
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to create, 1 to remove, 1 network.

+ create          mcpctl-dev-files   fleet.yaml:20
    because it is not there
- remove          mcpctl-dev-search
    because no longer declared
- remove network  mcpctl-tools
    because no longer declared
)");
}

BOOST_AUTO_TEST_CASE(without_pruning_nothing_goes)
{
    Two fleet;
    fleet.undeclare("mcpctl-dev-search");
    fleet.undeclareNetwork();
    DiffOptions options;
    options.prune = false;
    BOOST_TEST(fleet.plan(options).steps.empty());
}

BOOST_AUTO_TEST_CASE(what_must_not_be_pruned_is_kept_and_told_and_so_are_the_networks)
{
    Two fleet;
    fleet["mcpctl-dev-search"].pruneDisabled = true;
    // Marks cannot change: it is made anew, or it would go with its manifest all the same.
    BOOST_TEST(fleet.plan().steps.at(0).because == "prune differs");
    fleet.apply();
    fleet.undeclare("mcpctl-dev-search");
    fleet.undeclareNetwork();
    checkPlan(fleet.plan(), R"(
Project mcpctl: nothing to do, 2 instances are as declared.

Notes:
  mcpctl-dev-search: no longer declared, and kept: pruning is disabled for it
)");
}

BOOST_AUTO_TEST_CASE(pruning_that_is_allowed_again_is_no_reason_to_make_an_instance_anew)
{
    Two fleet;
    fleet["mcpctl-dev-search"].pruneDisabled = true;
    fleet.apply();
    fleet["mcpctl-dev-search"].pruneDisabled = false;
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(the_network_of_all_projects_is_never_pruned)
{
    Two fleet;
    fleet.desired.instances.clear();
    fleet.desired.networks.clear();
    BOOST_TEST(allDone(fleet.apply()));
    BOOST_REQUIRE_EQUAL(fleet.engine.networks().size(), 1U);
    BOOST_TEST(fleet.engine.networks()[0].spec.name.text == "mcpctl-network");
}

BOOST_AUTO_TEST_CASE(networks_of_other_projects_are_never_pruned)
{
    Two fleet;
    auto theirs = declaredNetwork("theirs");
    theirs.owner = ProjectName("other");
    fleet.orchestrator.ensureNetworkExists(theirs);
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(what_is_disabled_is_not_pruned)
{
    Two fleet;
    fleet["mcpctl-dev-search"].enabled = false;
    fleet.apply();
    BOOST_TEST(fleet.plan().steps.empty());
    BOOST_TEST((fleet.container("mcpctl-dev-search").state == RunState::exited));
}

BOOST_AUTO_TEST_CASE(a_renamed_server_takes_the_port_of_the_one_that_goes)
{
    Fleet fleet;
    fleet.declare("memory").spec.publications.insert({"127.0.0.1", 8931, 80});
    fleet.apply();
    fleet.desired.instances.clear();
    fleet.declare("graph").spec.publications.insert({"127.0.0.1", 8931, 80});
    checkPlan(fleet.plan(), R"(
Project mcpctl: 1 to create, 1 to remove.

+ create  mcpctl-dev-graph   fleet.yaml:10
    because it is not there; mcpctl-dev-memory, which is no longer declared, holds its port 8931 and is stopped first
- remove  mcpctl-dev-memory
    because no longer declared
)");
    BOOST_TEST(allDone(fleet.apply()));
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(a_server_that_is_enabled_takes_the_port_of_the_one_that_goes)
{
    Fleet fleet;
    fleet.declare("graph");
    fleet.apply();
    fleet["mcpctl-dev-graph"].enabled = false;
    fleet["mcpctl-dev-graph"].spec.publications.insert({"127.0.0.1", 8931, 80});
    fleet.change("mcpctl-dev-graph", [](MemoryContainer& live) { live.spec.publications = {{"127.0.0.1", 8931, 80}}; });
    fleet.apply();
    fleet.declare("memory").spec.publications.insert({"0.0.0.0", 8931, 80});
    fleet.apply();
    fleet.desired.instances.erase(InstanceName("mcpctl-dev-memory"));
    fleet["mcpctl-dev-graph"].enabled = true;
    BOOST_TEST(verbOf(fleet.plan().steps.at(0)) == "start");
    BOOST_TEST(allDone(fleet.apply()));
    BOOST_TEST(fleet.plan().steps.empty());
}

BOOST_AUTO_TEST_CASE(a_port_of_what_is_kept_from_pruning_is_not_taken)
{
    Fleet fleet;
    auto& memory = fleet.declare("memory");
    memory.pruneDisabled = true;
    memory.spec.publications.insert({"127.0.0.1", 8931, 80});
    fleet.apply();
    fleet.desired.instances.clear();
    fleet.declare("graph").spec.publications.insert({"127.0.0.1", 8931, 80});
    BOOST_TEST(!allDone(fleet.apply()));
    BOOST_TEST((fleet.container("mcpctl-dev-memory").state == RunState::running));
}

BOOST_AUTO_TEST_SUITE_END()
