#include "support/orchestrator_contract.h"

#include "model/fields.h"
#include "support/contract_cases.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace mcpctl::test
{

void tidyUp(const ContractBed& bed)
{
    for (const auto& instance : bed.orchestrator.listInstances(bed.project).ours)
        bed.orchestrator.stopServer(instance.id);
    for (const auto& network : bed.orchestrator.getNetworkInfo())
        if (network.ours && network.ownerProject == bed.project.text)
            bed.orchestrator.removeNetwork(network.id);
}

NetworkSpec contractNetwork(const ContractBed& bed, const std::string& name)
{
    NetworkSpec network;
    network.name = NetworkName(bed.project.text + "-" + name);
    network.owner = bed.project;
    return network;
}

Launch contractLaunch(const ContractBed& bed, const std::string& name)
{
    const auto network = contractNetwork(bed, "net");
    bed.orchestrator.ensureNetworkExists(network);
    Launch launch;
    launch.name = InstanceName(bed.project.text + "-dev-" + name);
    launch.image = bed.image;
    launch.spec.image = bed.image;
    launch.spec.resources.memoryBytes = 64 << 20;
    launch.spec.resources.nanoCpus = 500'000'000;
    launch.spec.resources.pidsLimit = 32;
    launch.spec.stopGracePeriod = std::chrono::seconds(1);
    launch.spec.env["MARK"] = EnvValue{"first", std::nullopt, true};
    launch.spec.networks[network.name] = {name};
    launch.marks.project = bed.project.text;
    launch.marks.server = name;
    launch.marks.profile = "dev";
    launch.marks.instance = launch.name.text;
    launch.marks.specHash = specHash(launch.spec);
    launch.marks.fieldHashes = fieldHashes(launch.spec);
    launch.marks.revision = "abc123";
    launch.marks.version = "0.1.0";
    return launch;
}

std::optional<ObservedInstance> find(const ContractBed& bed, const std::string& name)
{
    for (auto& instance : bed.orchestrator.listInstances(bed.project).ours)
        if (instance.name == name)
            return instance;
    return std::nullopt;
}

ObservedInstance need(const ContractBed& bed, const std::string& name)
{
    const auto instance = find(bed, name);
    BOOST_REQUIRE_MESSAGE(instance, "there is no instance " + name);
    return *instance;
}

void checkFails(OrchestratorError::Kind kind, const std::function<void()>& act, const std::string& word)
{
    try
    {
        act();
        BOOST_ERROR("it did not fail");
    }
    catch (const OrchestratorError& error)
    {
        BOOST_TEST((error.kind() == kind), "another kind of error: " << error.what());
        BOOST_TEST(std::string(error.what()).find(word) != std::string::npos,
                   "`" << word << "` is not in: " << error.what());
    }
}

const std::vector<ContractCase>& orchestratorContract()
{
    static const std::vector<ContractCase> all = []
    {
        std::vector<ContractCase> cases;
        for (const auto& part : {lifeCases(), replaceCases(), networkCases(), viewCases(), channelCases()})
            cases.insert(cases.end(), part.begin(), part.end());
        return cases;
    }();
    return all;
}

}
