#include "app/connect_config.h"

#include "validate/gateway_config.h"

#include <Poco/JSON/Parser.h>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace mcpctl;

namespace
{

ObservedInstance stdio(const std::string& name)
{
    ObservedInstance instance;
    instance.name = name;
    instance.marks.instance = name;
    instance.state = RunState::running;
    return instance;
}

ObservedInstance http(const std::string& name, const std::string& address, std::uint16_t port)
{
    auto instance = stdio(name);
    instance.spec.keepsStdin = false;
    instance.spec.publications = {{address, port, 3001}};
    instance.spec.transport.path = "/mcp";
    return instance;
}

ConnectContext here()
{
    return {"/usr/bin/mcpctl", {}, {}, ""};
}

std::string contentOf(const std::string& file)
{
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

Poco::JSON::Object::Ptr parsed(const std::string& text)
{
    return Poco::JSON::Parser().parse(text).extract<Poco::JSON::Object::Ptr>();
}

}

BOOST_AUTO_TEST_SUITE(connect_config_test)

BOOST_AUTO_TEST_CASE(a_server_is_reached_by_the_gateways_port_that_leads_to_it)
{
    auto gateway = stdio("mcpctl.ingress");
    gateway.spec.transport.type = Transport::Type::none;
    gateway.spec.publications = {{"127.0.0.1", 8931, 8931}, {"127.0.0.2", 8931, 8932}};
    IngressClient web{InstanceName("mcpctl-dev-web"), "web.dev.mcpctl", 3001, {"127.0.0.1", 8931, 8931}};
    IngressClient hub{InstanceName("mcpctl-dev-hub"), "hub.dev.mcpctl", 3001, {"127.0.0.2", 8931, 8932}};
    gateway.spec.configFiles["/config/haproxy.cfg"] = ingressConfig({web, hub}, NetworkName("mcpctl.outside"));
    auto server = stdio("mcpctl-dev-web");
    server.spec.keepsStdin = false;
    const auto found = asPublished({stdio("mcpctl-dev-echo"), server, gateway});
    BOOST_REQUIRE_EQUAL(found.size(), 2U);
    BOOST_TEST(found[0].spec.publications.empty());
    BOOST_TEST((found[1].spec.publications == std::set<Publication>{{"127.0.0.1", 8931, 8931}}));
}

/// tests/data/connect/CLIENT.expected. With UPDATE_EXPECTED set, they are written: read the difference then.
BOOST_AUTO_TEST_CASE(each_client_gets_its_own_root_key_and_field_names)
{
    const std::vector<ObservedInstance> instances{stdio("mcpctl-dev-memory"),
                                                  http("mcpctl-dev-search", "127.0.0.1", 8931)};
    for (const auto& [name, client] : connectClients())
    {
        const auto file = MCPCTL_SOURCE_DIR "/tests/data/connect/" + name + ".expected";
        const auto config = connectConfig(client, instances, here());
        if (std::getenv("UPDATE_EXPECTED") != nullptr)
            std::ofstream(file) << config.text;
        BOOST_TEST(config.text == contentOf(file), name);
        BOOST_TEST(!config.file.empty());
        BOOST_TEST(config.leftOut.empty());
        if (client != ConnectClient::codex)
            BOOST_CHECK_NO_THROW(parsed(config.text));
    }
}

BOOST_AUTO_TEST_CASE(what_attach_needs_to_find_the_engine_and_the_project_comes_before_the_command)
{
    const std::string certificates = "/home/\"a\\b\"/certs";
    const ConnectContext context{
        "mcpctl", {"--project", "lab", "--host", "tcp://engine:2376"}, {{"DOCKER_CERT_PATH", certificates}}, "engine"};
    const auto text = connectConfig(ConnectClient::cursor, {stdio("lab-dev-memory")}, context).text;
    const auto server = parsed(text)->getObject("mcpServers")->getObject("lab-dev-memory");
    std::vector<std::string> arguments;
    for (const auto& each : *server->getArray("args"))
        arguments.push_back(each.toString());
    const std::vector<std::string> expected{"--project",         "lab",    "--host",
                                            "tcp://engine:2376", "attach", "lab-dev-memory"};
    BOOST_TEST(arguments == expected, boost::test_tools::per_element());
    BOOST_TEST(server->getObject("env")->getValue<std::string>("DOCKER_CERT_PATH") == certificates);
    BOOST_TEST(connectConfig(ConnectClient::codex, {stdio("lab-dev-memory")}, context)
                   .text.ends_with("env = { \"DOCKER_CERT_PATH\" = \"/home/\\\"a\\\\b\\\"/certs\" }\n"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reached_is_left_out_and_the_reason_is_told)
{
    auto hidden = http("mcpctl-dev-hidden", "127.0.0.1", 1);
    hidden.spec.publications.clear();
    auto stopped = stdio("mcpctl-dev-stopped");
    stopped.state = RunState::exited;
    const auto config = connectConfig(ConnectClient::vscode, {hidden, stopped}, here());
    BOOST_TEST(parsed(config.text)->getObject("servers")->size() == 0U);
    BOOST_TEST(config.leftOut.at("mcpctl-dev-hidden").find("`publish`") != std::string::npos);
    BOOST_TEST(config.leftOut.at("mcpctl-dev-stopped") == "it is not running (exited)");
}

BOOST_AUTO_TEST_CASE(a_url_names_an_address_that_the_client_can_use)
{
    const auto url = [](const ObservedInstance& instance, const std::string& engineHost = "")
    {
        auto context = here();
        context.engineHost = engineHost;
        const auto text = connectConfig(ConnectClient::cursor, {instance}, context).text;
        return parsed(text)->getObject("mcpServers")->getObject("dev-s")->getValue<std::string>("url");
    };
    auto server = http("mcpctl-dev-s", "0.0.0.0", 80);
    BOOST_TEST(url(server) == "http://127.0.0.1:80/mcp");
    BOOST_TEST(url(server, "engine.example.com") == "http://engine.example.com:80/mcp");
    BOOST_TEST(url(http("mcpctl-dev-s", "::1", 80)) == "http://[::1]:80/mcp");
    server.spec.transport.path = "/other";
    BOOST_TEST(url(server) == "http://127.0.0.1:80/other");
    server.spec.transport.path.clear(); // made before it was marked
    BOOST_TEST(url(server) == "http://127.0.0.1:80/mcp");
}

BOOST_AUTO_TEST_CASE(a_loopback_address_of_another_machine_is_said_to_be_one)
{
    auto context = here();
    context.engineHost = "engine.example.com";
    const auto config = connectConfig(ConnectClient::cursor, {http("mcpctl-dev-s", "127.0.0.1", 80)}, context);
    BOOST_REQUIRE(config.notes.size() == 1);
    BOOST_TEST(config.notes.front().find("engine.example.com") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_keep_to_what_clients_accept_and_stay_unique)
{
    const auto config = connectConfig(ConnectClient::cursor,
                                      {stdio("mcpctl-dev-a.b"), stdio("mcpctl-dev-a b"), stdio("p-dev-a")}, here());
    const auto servers = parsed(config.text)->getObject("mcpServers");
    const std::vector<std::string> expected{"dev-a-b", "dev-a-b-2", "p-dev-a"};
    BOOST_TEST(servers->getNames() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
