#define BOOST_TEST_MODULE docker_contract
#include "integration/engine_fixture.h"
#include "support/orchestrator_contract.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;

BOOST_AUTO_TEST_CASE(a_real_docker_engine_keeps_the_contract_of_orchestrators)
{
    EngineFixture engine;
    const ContractBed bed{engine.orchestrator, engine.project, "mcpctl/echo-ready:1", "mcpctl/echo-ends:1",
                          "127.0.0.1:1/no/such:1"};
    for (const auto& each : orchestratorContract())
    {
        BOOST_TEST_CONTEXT(each.name)
        {
            each.check(bed);
            tidyUp(bed);
            BOOST_TEST(engine.orchestrator.listInstances(bed.project).ours.empty());
        }
    }
}
