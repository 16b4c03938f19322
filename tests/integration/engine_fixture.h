#pragma once

#include "docker/docker_orchestrator.h"
#include "model/fields.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace mcpctl::test
{

inline std::string fromEnvironment(const char* name, const std::string& otherwise)
{
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): no other thread yet
    return value == nullptr || *value == '\0' ? otherwise : value;
}

/// A real engine, by default the one that DOCKER_HOST names, and a project of the test's own on it, of which nothing
/// is left at the end. Looks at the engine past the code under test, too: raw().
class EngineFixture
{
public:
    explicit EngineFixture(const char* host = "DOCKER_HOST")
        : client(std::make_shared<docker::Client>(endpointOf(host))),
          orchestrator(client, docker::Environment::ofProcess())
    {
        clean();
    }
    ~EngineFixture()
    {
        try
        {
            clean();
        }
        catch (const std::exception&) // NOLINT(bugprone-empty-catch): the test has failed already
        {
        }
    }
    EngineFixture(const EngineFixture&) = delete;
    EngineFixture& operator=(const EngineFixture&) = delete;

    static docker::Endpoint endpointOf(const char* variable)
    {
        const auto host = fromEnvironment(variable, "");
        return docker::resolveEndpoint(host.empty() ? std::nullopt : std::optional(host),
                                       docker::Environment::ofProcess());
    }

    const ProjectName project{"it" + std::to_string(::getpid())};
    const std::string image = fromEnvironment("MCPCTL_TEST_IMAGE", "mcpctl/echo:1");
    std::shared_ptr<docker::Client> client;
    docker::DockerOrchestrator orchestrator;

    NetworkSpec network(const std::string& name) const
    {
        NetworkSpec spec;
        spec.name = NetworkName(project.text + "-" + name);
        spec.owner = project;
        return spec;
    }

    /// A server as the pipeline launches it, on a network that is made here.
    Launch launch(const std::string& name)
    {
        const auto net = network("net");
        orchestrator.ensureNetworkExists(net);
        Launch launch;
        launch.name = InstanceName(project.text + "-p-" + name);
        launch.image = image;
        launch.spec.image = image;
        launch.spec.networks[net.name] = {name, name + ".p." + project.text};
        launch.spec.tmpfs["/tmp"] = "size=16m";
        launch.spec.user = "1000:1000";
        launch.spec.nameServers = {"127.0.0.1"};
        launch.spec.nameServerOptions = {"timeout:1", "attempts:1"};
        launch.spec.env["GREETING"] = {"hello", std::nullopt, true};
        launch.spec.stopGracePeriod = std::chrono::seconds(2);
        return marked(launch);
    }

    /// As apply() does, after a change to the spec.
    Launch marked(Launch launch) const
    {
        launch.marks.project = project.text;
        launch.marks.server = "echo";
        launch.marks.profile = "p";
        launch.marks.instance = launch.name.text;
        launch.marks.specHash = specHash(launch.spec);
        launch.marks.fieldHashes = fieldHashes(launch.spec);
        launch.marks.revision = "r1";
        launch.marks.version = "1";
        return launch;
    }

    /// The engine's own answer; nothing when there is none of that name.
    docker::JsonView raw(const std::string& idOrName) const
    {
        return client->getJson({.path = "/containers/" + idOrName + "/json", .accept = {404}});
    }

    bool running(const std::string& idOrName) const { return raw(idOrName)["State"]["Running"].flag(); }

    /// Names of all containers on the engine that begin with the project.
    std::set<std::string> names() const
    {
        std::set<std::string> out;
        const auto json = client->getJson({.path = "/containers/json", .query = {{"all", "1"}}});
        for (const auto& item : json.items())
            if (const auto name = item["Names"].texts().at(0); name.starts_with("/" + project.text))
                out.insert(name.substr(1));
        return out;
    }

    /// A container made past mcpctl; returns its id.
    std::string stranger(const std::string& name, const std::map<std::string, std::string>& labels = {})
    {
        Poco::JSON::Object body;
        body.set("Image", image);
        Poco::JSON::Object::Ptr all = new Poco::JSON::Object;
        for (const auto& [key, value] : labels)
            all->set(key, value);
        body.set("Labels", all);
        return client
            ->postJson({.path = "/containers/create", .query = {{"name", name}}}, docker::Body::json(body))["Id"]
            .text();
    }

    ObservedInstance observed(const std::string& name) const
    {
        for (const auto& each : orchestrator.listInstances(project).ours)
            if (each.name == name)
                return each;
        throw std::runtime_error("no instance " + name);
    }

private:
    void clean()
    {
        for (const auto& name : names())
            client->del({.path = "/containers/" + name, .query = {{"force", "1"}, {"v", "1"}}, .accept = {404, 409}});
        for (const auto& each : orchestrator.getNetworkInfo())
            if (each.spec.name.text.starts_with(project.text + "-"))
                orchestrator.removeNetwork(each.id);
    }
};

}
