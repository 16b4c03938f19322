#include "docker/engine_reader.h"
#include "docker/recorded.h"
#include "support/scripted_server.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;

BOOST_AUTO_TEST_SUITE(engine_reader_test)

BOOST_AUTO_TEST_CASE(an_engine_that_inspects_another_container_than_the_one_asked_for_makes_no_sense)
{
    ScriptedServer server;
    const std::string labels =
        R"({"mcpctl.managed":"true","mcpctl.project":"mcpctl","mcpctl.instance":"mcpctl-dev-a"})";
    server.script(httpAnswer(200, R"([{"Id":"a","Names":["/mcpctl-dev-a"],"Labels":)" + labels + "}]"));
    server.script(
        httpAnswer(200, R"({"Id":"b","Name":"/b","State":{"Status":"running"},"Config":{},"HostConfig":{}})"));
    server.script(httpAnswer(200, R"({"ID":"engine"})"));
    server.script(httpAnswer(200, "[]"));
    const docker::EngineReader reader(std::make_shared<docker::ReadClient>(server.endpoint()));
    BOOST_CHECK_EXCEPTION(
        reader.listInstances(ProjectName("mcpctl")), OrchestratorError,
        [](const OrchestratorError& error)
        { return std::string(error.what()).find("not the container that was asked for") != std::string::npos; });
}

BOOST_AUTO_TEST_SUITE_END()
