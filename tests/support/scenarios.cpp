#include "support/scenarios.h"

#include "support/faulty_orchestrator.h"

#include <stdexcept>

namespace mcpctl::test
{

namespace
{

constexpr auto newImage = "registry.example.com/app:2";
constexpr auto brokenImage = "registry.example.com/app:broken";

void three(Fleet& fleet)
{
    fleet.declareNetwork("tools");
    fleet.declare("memory");
    fleet.declare("search").spec.networks[NetworkName("mcpctl-tools")] = {"search"};
    fleet.declare("files", "research");
}

void threeRunning(Fleet& fleet)
{
    three(fleet);
    fleet.apply();
}

DesiredInstance& memory(Fleet& fleet)
{
    return fleet["mcpctl-dev-memory"];
}

void breakImage(Fleet& fleet)
{
    fleet.moveTag(brokenImage, "broken");
    fleet.engine.change(
        [](World& world) {
            world.images.at(world.tags.at(brokenImage)).behaviour = {
                Behaviour::Kind::ends, {}, 1, false, {"no such module"}};
        });
}

/// A replace of `memory` that died right after `write` (the engine's words) took effect.
void dieAfter(Fleet& fleet, const std::string& write)
{
    bool struck = false;
    fleet.engine.intercept(
        [&](MemoryEngine::When when, bool, const std::string& call)
        {
            struck = struck || (when == MemoryEngine::When::after && call.starts_with(write));
            if (struck)
                throw Killed{};
        });
    try
    {
        fleet.apply();
    }
    catch (const Killed&)
    {
        fleet.engine.intercept({});
        return;
    }
    throw std::logic_error("nothing does " + write);
}

}

const std::vector<Scenario>& scenarios()
{
    static const std::vector<Scenario> all{
        {"fresh", three},
        {"fresh, on an engine that takes one network at creation",
         [](Fleet& fleet)
         {
             fleet.engine.takeOneNetworkAtCreate(true);
             three(fleet);
         }},
        {"nothing to do", threeRunning},
        {"limits and restart policy",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.resources.memoryBytes = 256 << 20;
             memory(fleet).spec.restart.when = RestartPolicy::When::always;
         }},
        {"replace, with a pull",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.moveTag(newImage, "version 2");
             fleet.engine.change([](World& world) { world.tags.erase(newImage); });
             memory(fleet).spec.image = newImage;
         }},
        {"replace of all",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.moveTag(appImage, "version 2");
         }},
        {"replace that is rolled back",
         [](Fleet& fleet)
         {
             fleet.declare("memory");
             fleet.apply();
             breakImage(fleet);
             memory(fleet).spec.image = brokenImage;
         },
         false},
        {"networks on and off",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet["mcpctl-dev-search"].spec.networks.erase(NetworkName("mcpctl-tools"));
             memory(fleet).spec.networks[NetworkName("mcpctl-tools")] = {"memory", "graph"};
         }},
        {"from the last network to another",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.networks = {{NetworkName("mcpctl-tools"), {"memory"}}};
         }},
        {"prune, with a network",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.desired.instances.erase(InstanceName("mcpctl-dev-search"));
             fleet.desired.networks.erase(NetworkName("mcpctl-tools"));
         }},
        {"another name",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.desired.instances.erase(InstanceName("mcpctl-dev-memory"));
             fleet.declare("graph");
         }},
        {"another name, and the same port",
         [](Fleet& fleet)
         {
             const Publication port{"127.0.0.1", 8931, 80};
             fleet.declare("memory").spec.publications.insert(port);
             fleet.apply();
             fleet.desired.instances.clear();
             fleet.declare("graph").spec.publications.insert(port);
         }},
        {"a profile with other settings for all its servers",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             for (auto& [name, instance] : fleet.desired.instances)
                 if (instance.profile.text == "dev")
                 {
                     instance.spec.env["LOG_LEVEL"] = EnvValue{"debug", std::nullopt, true};
                     instance.spec.networks[NetworkName("mcpctl-tools")] = {instance.shortName};
                 }
         }},
        {"from one profile to another",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.desired.instances.erase(InstanceName("mcpctl-dev-memory"));
             fleet.declare("memory", "research");
         }},
        {"a network with other options, and a change of who hangs on it",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.engine.change(
                 [](World& world)
                 {
                     for (auto& network : world.networks)
                         if (network.spec.name.text == "mcpctl-tools")
                             network.spec.internal = false;
                 });
             fleet["mcpctl-dev-search"].spec.user = "1000";
         }},
        {"onto a new network, to a new server that takes the port of one that goes",
         [](Fleet& fleet)
         {
             const Publication port{"127.0.0.1", 8931, 80};
             three(fleet);
             fleet["mcpctl-dev-search"].spec.publications.insert(port);
             fleet.apply();
             fleet.declareNetwork("private");
             fleet.desired.instances.erase(InstanceName("mcpctl-dev-search"));
             memory(fleet).spec.networks = {{NetworkName("mcpctl-private"), {"memory"}}};
             auto& graph = fleet.declare("graph").spec;
             graph.publications.insert(port);
             graph.networks = {{NetworkName("mcpctl-private"), {"graph"}}};
         }},
        {"disabled",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).enabled = false;
         }},
        {"enabled again",
         [](Fleet& fleet)
         {
             three(fleet);
             fleet.apply();
             memory(fleet).enabled = false;
             fleet.apply();
             memory(fleet).enabled = true;
         }},
        {"stopped by hand",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.engine.stop(fleet.container("mcpctl-dev-memory").id);
         }},
        {"given up by the engine",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             fleet.change("mcpctl-dev-memory", [](MemoryContainer& live) { live.state = RunState::dead; });
         }},
        {"an interrupted replace is finished",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.user = "1000";
             dieAfter(fleet, "start mcpctl-dev-memory");
         }},
        {"an interrupted replace is finished by one that does not get ready",
         [](Fleet& fleet)
         {
             fleet.declare("memory");
             fleet.apply();
             breakImage(fleet);
             memory(fleet).spec.image = brokenImage;
             dieAfter(fleet, "rename to mcpctl-dev-memory mcpctl-dev-memory.new");
         },
         false},
        {"an interrupted replace is undone, for the manifest went back",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.user = "1000";
             dieAfter(fleet, "start mcpctl-dev-memory");
             memory(fleet).spec.user.reset();
         }},
        {"an interrupted replace is superseded",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.user = "1000";
             dieAfter(fleet, "rename to mcpctl-dev-memory.old");
             memory(fleet).spec.user = "2000";
         }},
        {"an interrupted replace of what is no longer declared",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.user = "1000";
             dieAfter(fleet, "rename to mcpctl-dev-memory.old");
             fleet.desired.instances.erase(InstanceName("mcpctl-dev-memory"));
         }},
        {"an interrupted replace of what is disabled by now",
         [](Fleet& fleet)
         {
             threeRunning(fleet);
             memory(fleet).spec.user = "1000";
             dieAfter(fleet, "rename to mcpctl-dev-memory.old");
             memory(fleet).enabled = false;
         }},
    };
    return all;
}

}
