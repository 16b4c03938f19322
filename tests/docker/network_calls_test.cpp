#include "docker/network_calls.h"

#include "orchestrator/error.h"
#include "support/scripted_server.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

/// What removing a network says on an engine that refuses it, where `containers` are on it.
std::string refusal(const std::string& containers)
{
    ScriptedServer server;
    server.takeOver(
        [&](Peer& peer)
        {
            while (const auto request = peer.readRequest())
                if (request->target == "/_ping")
                    peer.send(httpAnswer(200, "OK", {"Api-Version: 1.41"}));
                else if (request->method == "DELETE")
                    peer.send(httpAnswer(403, R"({"message":"network n has active endpoints"})"));
                else
                    peer.send(httpAnswer(200, R"({"Id":"n","Containers":)" + containers + "}"));
        });
    docker::Client client(server.endpoint());
    try
    {
        docker::removeNetwork(client, "n");
    }
    catch (const OrchestratorError& error)
    {
        return error.what();
    }
    return "";
}

}

BOOST_AUTO_TEST_SUITE(network_calls_test)

BOOST_AUTO_TEST_CASE(a_network_that_an_old_engine_takes_for_used_though_nobody_is_on_it_is_told_with_the_way_out)
{
    const auto text = refusal("{}");
    BOOST_TEST(text.find("active endpoints; no container is on it") != std::string::npos, text);
    BOOST_TEST(text.find("restarted") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_network_that_somebody_is_on_is_in_use_and_no_more_is_said)
{
    const auto text = refusal(R"({"abc":{"Name":"somebody"}})");
    BOOST_TEST(text.ends_with("active endpoints"), text);
}

BOOST_AUTO_TEST_SUITE_END()
