#include "docker/docker_orchestrator.h"

#include "docker/channels.h"
#include "docker/dial.h"
#include "docker/launch_instance.h"
#include "docker/names.h"
#include "docker/network_calls.h"
#include "docker/parse_instance.h"
#include "docker/replacement.h"
#include "docker/translate_error.h"
#include "model/scrub.h"

#include <fmt/format.h>

namespace mcpctl::docker
{

namespace
{

using Kind = OrchestratorError::Kind;

/// Calls `call`, and takes the secrets of `launch` out of the text of what it throws: the engine's words may repeat
/// what it was sent.
template <typename Call>
auto scrubbed(const Launch& launch, const Call& call)
{
    try
    {
        return call();
    }
    catch (const OrchestratorError& error)
    {
        throw OrchestratorError(error.kind(), Scrubber(launch.spec).scrub(error.what()));
    }
}

Inspection mustInspect(const EngineReader& reader, const std::string& id)
{
    auto found = reader.inspect(id);
    if (!found)
        throw OrchestratorError(Kind::notFound, fmt::format("container {} is gone", shortId(id)));
    return std::move(*found);
}

}

DockerOrchestrator::DockerOrchestrator(const std::shared_ptr<Client>& client, Environment environment)
    : ReadsFromEngine(client, std::move(environment)), client_(client), calls_(client, reader())
{
}

std::string DockerOrchestrator::startServer(const Launch& launch)
{
    return scrubbed(launch,
                    [&]
                    {
                        const auto id = makeInstance(calls_, reader(), launch, launch.name.text);
                        orRemove(calls_, id, [&] { calls_.start(id); });
                        return id;
                    });
}

void DockerOrchestrator::stopServer(const std::string& id)
{
    if (calls_.stop(id))
        calls_.remove(id);
}

void DockerOrchestrator::suspendServer(const std::string& id)
{
    calls_.stop(id);
}

void DockerOrchestrator::resumeServer(const std::string& id)
{
    calls_.start(id);
}

void DockerOrchestrator::restartServer(const std::string& id)
{
    calls_.restart(id);
}

std::string DockerOrchestrator::replaceServer(const Launch& launch, const std::string& oldId, const ReadyGate& gate)
{
    return scrubbed(launch,
                    [&]
                    {
                        mustInspect(reader(), oldId);
                        return Replacement(calls_, reader(), launch, oldId).run(gate);
                    });
}

void DockerOrchestrator::restoreServer(const std::string& id, const InstanceName& name, const RestartPolicy& restart)
{
    const auto there = mustInspect(reader(), id).instance;
    if (there.name != name.text)
        calls_.rename(id, name.text);
    if (there.spec.restart != restart)
        calls_.setRestartPolicy(id, restart);
}

void DockerOrchestrator::setResourceLimits(const std::string& id, const Resources& resources,
                                           const RestartPolicy& restart)
{
    const auto warnings = calls_.setLimits(id, resources, restart);
    const auto live = mustInspect(reader(), id);
    ServerSpec asked;
    asked.resources = resources;
    asked.restart = restart;
    const auto lines = mismatches(
        asked, live.instance.spec,
        {"memory", "swap", "memoryReservation", "cpus", "cpuShares", "cpuPeriod", "cpuQuota", "pidsLimit", "restart"});
    if (!lines.empty())
        throwNotEnforced("set the limits of container " + shortId(id), lines, warnings);
}

void DockerOrchestrator::setConfiguration(const std::string& id, const std::map<std::string, std::string>& files)
{
    if (mustInspect(reader(), id).instance.state == RunState::running)
        calls_.reloadConfig(id, files);
    else
        calls_.writeConfig(id, files);
}

void DockerOrchestrator::ensureNetworkExists(const NetworkSpec& network)
{
    const std::lock_guard lock(networkMutex_);
    ensureNetwork(*client_, reader(), network);
}

void DockerOrchestrator::removeNetwork(const std::string& id)
{
    docker::removeNetwork(*client_, id);
}

void DockerOrchestrator::connectNetwork(const std::string& id, const NetworkName& network,
                                        const std::set<std::string>& aliases, const std::string& address)
{
    calls_.connect(id, network, aliases, address);
}

void DockerOrchestrator::disconnectNetwork(const std::string& id, const NetworkName& network)
{
    calls_.disconnect(id, network);
}

std::unique_ptr<Channel> DockerOrchestrator::attach(const std::string& id)
{
    return attachTo(client_, id);
}

std::unique_ptr<Channel> DockerOrchestrator::runBeside(const std::string& id)
{
    return execBeside(client_, reader(), id);
}

std::unique_ptr<Channel> DockerOrchestrator::dial(const std::string& id, std::uint16_t port)
{
    return dialInto(client_, reader(), id, port);
}

ImageInfo DockerOrchestrator::pullImage(const std::string& reference, const PullSink& progress, std::stop_token stop)
{
    return pullReference(*client_, environment(), reference, progress, stop);
}

}
