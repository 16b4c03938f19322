#include "support/memory_orchestrator.h"

#include "support/memory_channel.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl::test
{

namespace
{

using Kind = OrchestratorError::Kind;

/// Does `act`, and succeeds as well when what it is about is gone.
template <typename Act>
void unlessGone(const Act& act)
{
    try
    {
        act();
    }
    catch (const OrchestratorError& error)
    {
        if (error.kind() != Kind::notFound)
            throw;
    }
}

std::string whyForeign(const MemoryContainer& container, const ProjectName& project)
{
    if (!container.marks || container.marks->project != project.text)
        return "";
    return "renamed: it was made as " + container.marks->instance;
}

bool isAsAsked(const NetworkSpec& want, const NetworkSpec& live)
{
    return want.internal == live.internal && want.hostAddress == live.hostAddress && want.ipv6 == live.ipv6 &&
           want.oddities == live.oddities && (want.subnet.empty() || want.subnet == live.subnet);
}

}

EngineInfo MemoryOrchestrator::getEngineInfo() const
{
    return {"memory-engine", "1.0", "1.51"};
}

Listing MemoryOrchestrator::listInstances(const ProjectName& project) const
{
    Listing listing;
    engine_.list(
        [&](const World& world, const MemoryContainer& container)
        {
            listing.ours.reserve(world.containers.size());
            if (isOurs(container, project))
                listing.ours.push_back(observedOf(world, container));
            else
                listing.foreign.push_back({container.id, container.name, whyForeign(container, project),
                                           networksOf(container), container.marks.has_value()});
        });
    const auto byName = [](const auto& left, const auto& right) { return left.name < right.name; };
    std::sort(listing.ours.begin(), listing.ours.end(), byName);
    std::sort(listing.foreign.begin(), listing.foreign.end(), byName);
    listing.networks = getNetworkInfo();
    return listing;
}

std::vector<ObservedNetwork> MemoryOrchestrator::getNetworkInfo() const
{
    std::vector<ObservedNetwork> out;
    for (const auto& network : engine_.networks())
        out.push_back({network.id, network.spec, network.labelled, network.spec.owner.text});
    return out;
}

std::optional<ImageInfo> MemoryOrchestrator::inspectImage(const std::string& reference) const
{
    return engine_.image(reference);
}

std::string MemoryOrchestrator::resolveInRegistry(const std::string& reference) const
{
    return engine_.resolve(reference);
}

LiveStatus MemoryOrchestrator::getStatus(const std::string& id) const
{
    MemoryContainer container;
    try
    {
        container = engine_.inspect(id);
    }
    catch (const OrchestratorError& error)
    {
        if (error.kind() == Kind::notFound)
            return LiveStatus::error;
        throw;
    }
    if (container.state == RunState::running)
        return LiveStatus::running;
    const bool stopped =
        container.state == RunState::created || container.state == RunState::paused ||
        (container.state == RunState::exited && (container.exitCode == 0 || container.exitCode == 143));
    return stopped && container.error.empty() ? LiveStatus::stopped : LiveStatus::error;
}

Health MemoryOrchestrator::getHealth(const std::string& id) const
{
    const bool runs = getStatus(id) == LiveStatus::running;
    return {runs ? Health::Status::healthy : Health::Status::unhealthy, false, runs ? "" : "it does not run"};
}

Isolation MemoryOrchestrator::getIsolation(const std::string& id) const
{
    const auto container = engine_.inspect(id);
    Isolation out;
    out.engine = observedOf({}, container);
    out.engine.staleNetworks.clear();
    out.kernel.unseen = "an engine in memory has no kernel";
    if (const auto image = engine_.image(container.imageId))
        out.imageTexts = image->command;
    return out;
}

void MemoryOrchestrator::getLogs(const std::string& id, const LogOptions& options, const LogSink& sink,
                                 std::stop_token stop) const
{
    engine_.readLog(id, options, sink, stop);
}

void MemoryOrchestrator::subscribeEvents(const ProjectName& project, const EventSink& sink, std::stop_token stop) const
{
    engine_.events().listen(project.text, sink, stop);
}

Stats MemoryOrchestrator::getStats(const std::string& id) const
{
    return engine_.measure(id);
}

std::int64_t MemoryOrchestrator::eventsBetween(const ProjectName& project, std::int64_t sinceNanos,
                                               std::optional<std::int64_t> untilNanos, const EventSink& sink) const
{
    return engine_.eventsBetween(project.text, sinceNanos, untilNanos, sink);
}

ImageInfo MemoryOrchestrator::pullImage(const std::string& reference, const PullSink& progress, std::stop_token stop)
{
    if (stop.stop_requested())
        throw OrchestratorError(Kind::cancelled, "pull " + reference + ": cancelled");
    if (progress)
        progress({1, 2, "Downloading"});
    return engine_.pull(reference);
}

std::string MemoryOrchestrator::make(const std::string& name, const Launch& launch)
{
    const auto id = engine_.create(name, launch);
    try
    {
        const auto made = engine_.inspect(id);
        for (const auto& [network, aliases] : launch.spec.networks)
            if (made.networkIds.count(network) == 0)
                engine_.connect(id, network, aliases, addressOn(launch.spec, network));
        if (!(made.spec.resources == launch.spec.resources))
            throw OrchestratorError(Kind::notEnforced, fmt::format("{}: the limits are not in force", name));
    }
    catch (const OrchestratorError&)
    {
        unlessGone([&] { engine_.remove(id); });
        throw;
    }
    return id;
}

std::string MemoryOrchestrator::startServer(const Launch& launch)
{
    const auto id = make(launch.name.text, launch);
    try
    {
        engine_.start(id);
    }
    catch (const OrchestratorError&)
    {
        unlessGone([&] { engine_.remove(id); });
        throw;
    }
    return id;
}

void MemoryOrchestrator::stopServer(const std::string& id)
{
    // Revived between stop and remove it would run on without a limit that anybody set.
    unlessGone([&] { engine_.updateRestart(id, {RestartPolicy::When::no}); });
    unlessGone([&] { engine_.stop(id); });
    unlessGone([&] { engine_.remove(id); });
}

void MemoryOrchestrator::suspendServer(const std::string& id)
{
    unlessGone([&] { engine_.updateRestart(id, {RestartPolicy::When::no}); });
    unlessGone([&] { engine_.stop(id); });
}

void MemoryOrchestrator::resumeServer(const std::string& id)
{
    if (engine_.inspect(id).state == RunState::paused)
        engine_.unpause(id);
    else
        engine_.start(id);
}

void MemoryOrchestrator::restartServer(const std::string& id)
{
    engine_.stop(id);
    engine_.start(id);
}

std::string MemoryOrchestrator::replaceServer(const Launch& launch, const std::string& oldId, const ReadyGate& gate)
{
    const auto& name = launch.name.text;
    const auto newId = make(name + ".new-" + launch.marks.specHash.substr(0, 8), launch);
    bool ready = false;
    std::string why;
    try
    {
        engine_.updateRestart(oldId, {RestartPolicy::When::no});
        engine_.stop(oldId);
        engine_.rename(oldId, name + ".old-" + oldId.substr(0, 12));
        engine_.rename(newId, name);
        engine_.start(newId);
        const auto readiness = gate(newId);
        ready = readiness.ready;
        why = readiness.why;
    }
    catch (const OrchestratorError& error)
    {
        why = error.what();
    }
    if (!ready)
        rollBack(launch, newId, oldId, why);
    stopServer(oldId);
    return newId;
}

void MemoryOrchestrator::rollBack(const Launch& launch, const std::string& newId, const std::string& oldId,
                                  const std::string& why)
{
    stopServer(newId);
    restoreServer(oldId, launch.name, launch.spec.restart);
    resumeServer(oldId);
    throw OrchestratorError(Kind::rolledBack, "the old instance runs again, for the new one is not ready: " + why);
}

void MemoryOrchestrator::restoreServer(const std::string& id, const InstanceName& name, const RestartPolicy& restart)
{
    if (engine_.inspect(id).name != name.text)
        engine_.rename(id, name.text);
    engine_.updateRestart(id, restart);
}

void MemoryOrchestrator::setResourceLimits(const std::string& id, const Resources& resources,
                                           const RestartPolicy& restart)
{
    engine_.update(id, resources, restart);
    const auto spec = engine_.inspect(id).spec;
    if (!(spec.resources == resources) || !(spec.restart == restart))
        throw OrchestratorError(Kind::notEnforced, "the limits are not in force");
}

void MemoryOrchestrator::ensureNetworkExists(const NetworkSpec& network)
{
    for (const auto& each : engine_.networks())
        if (each.spec.name == network.name)
        {
            if (!isAsAsked(network, each.spec))
                throw OrchestratorError(Kind::conflict,
                                        "network " + network.name.text + " is there with other options");
            return;
        }
    engine_.createNetwork(network);
}

void MemoryOrchestrator::removeNetwork(const std::string& id)
{
    unlessGone([&] { engine_.removeNetwork(id); });
}

void MemoryOrchestrator::setConfiguration(const std::string& id, const std::map<std::string, std::string>& files)
{
    engine_.configure(id, files);
}

void MemoryOrchestrator::connectNetwork(const std::string& id, const NetworkName& network,
                                        const std::set<std::string>& aliases, const std::string& address)
{
    if (engine_.inspect(id).networkIds.count(network) == 0)
        engine_.connect(id, network, aliases, address);
}

void MemoryOrchestrator::disconnectNetwork(const std::string& id, const NetworkName& network)
{
    if (engine_.inspect(id).networkIds.count(network) > 0)
        engine_.disconnect(id, network);
}

std::unique_ptr<Channel> MemoryOrchestrator::attach(const std::string& id)
{
    engine_.inspect(id);
    return std::make_unique<MemoryChannel>([this, id] { engine_.crash(id, 0); });
}

std::unique_ptr<Channel> MemoryOrchestrator::runBeside(const std::string& id)
{
    engine_.inspect(id);
    return std::make_unique<MemoryChannel>([] {});
}

std::unique_ptr<Channel> MemoryOrchestrator::dial(const std::string& id, std::uint16_t port)
{
    throw OrchestratorError(Kind::unreachable, "connect to port " + std::to_string(port) + " of " +
                                                   engine_.inspect(id).name + ": nothing listens there");
}

}
