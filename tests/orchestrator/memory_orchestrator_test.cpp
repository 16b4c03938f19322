#include "support/memory_orchestrator.h"
#include "support/orchestrator_contract.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

World contractWorld()
{
    World world;
    auto running = imageNamed("runs");
    running.behaviour.log = {"starting", "ready"};
    auto ending = imageNamed("ends");
    ending.behaviour = {Behaviour::Kind::ends, {}, 3, false, {}};
    for (const auto& [name, image] : {std::pair{"runs:1", running}, std::pair{"ends:1", ending}})
    {
        world.images.emplace(image.info.id, image);
        world.tags.emplace(name, image.info.id);
    }
    return world;
}

}

BOOST_AUTO_TEST_SUITE(memory_orchestrator_test)

BOOST_AUTO_TEST_CASE(the_engine_in_memory_keeps_the_contract_of_orchestrators)
{
    for (const bool oneNetwork : {false, true})
        for (const auto& each : orchestratorContract())
        {
            BOOST_TEST_CONTEXT(each.name << (oneNetwork ? ", one network at creation" : ""))
            {
                MemoryOrchestrator orchestrator(contractWorld());
                orchestrator.engine().takeOneNetworkAtCreate(oneNetwork);
                const ContractBed bed{orchestrator, ProjectName("contract"), "runs:1", "ends:1",
                                      "nowhere.invalid/no:1"};
                each.check(bed);
                tidyUp(bed);
                BOOST_TEST(orchestrator.listInstances(bed.project).ours.empty());
            }
        }
}

BOOST_AUTO_TEST_CASE(an_end_that_is_due_later_comes_when_virtual_time_passes)
{
    auto world = contractWorld();
    world.images.at(world.tags.at("ends:1")).behaviour.after = std::chrono::seconds(30);
    MemoryOrchestrator orchestrator(std::move(world));
    Launch launch;
    launch.name = InstanceName("contract-dev-a");
    launch.image = "ends:1";
    launch.spec.restart.when = RestartPolicy::When::no;
    launch.marks.project = "contract";
    launch.marks.instance = launch.name.text;
    const auto id = orchestrator.startServer(launch);
    orchestrator.engine().advance(std::chrono::seconds(29));
    BOOST_TEST((orchestrator.getStatus(id) == LiveStatus::running));
    orchestrator.engine().advance(std::chrono::seconds(2));
    BOOST_TEST((orchestrator.getStatus(id) == LiveStatus::error));
}

BOOST_AUTO_TEST_SUITE_END()
