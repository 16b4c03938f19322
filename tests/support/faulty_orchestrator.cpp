#include "support/faulty_orchestrator.h"

#include <atomic>
#include <memory>

namespace mcpctl::test
{

void Killer::operator()(bool writes)
{
    const std::lock_guard lock(mutex_);
    if (!struck_ && writes)
        struck_ = moment_++ == point_;
    if (struck_)
        throw Killed{};
}

bool Killer::struck() const
{
    const std::lock_guard lock(mutex_);
    return struck_;
}

FaultyOrchestrator::Fault FaultyOrchestrator::nth(std::size_t n, bool after, const OrchestratorError& error)
{
    const auto calls = std::make_shared<std::atomic<std::size_t>>(0);
    return [=](bool isAfter, const std::string&)
    {
        if (isAfter == after && (*calls)++ == n)
            throw error;
    };
}

std::vector<std::string> FaultyOrchestrator::journal() const
{
    const std::lock_guard lock(mutex_);
    return journal_;
}

void FaultyOrchestrator::at(bool after, const std::string& call)
{
    if (!after)
    {
        const std::lock_guard lock(mutex_);
        journal_.push_back(call);
    }
    if (fault_)
        fault_(after, call);
}

template <typename Act>
auto FaultyOrchestrator::act(const std::string& call, const Act& body)
{
    at(false, call);
    if constexpr (std::is_void_v<decltype(body())>)
    {
        body();
        at(true, call);
    }
    else
    {
        auto result = body();
        at(true, call);
        return result;
    }
}

ImageInfo FaultyOrchestrator::pullImage(const std::string& reference, const PullSink& progress, std::stop_token stop)
{
    return act("pullImage " + reference, [&] { return real_.pullImage(reference, progress, stop); });
}

std::string FaultyOrchestrator::startServer(const Launch& launch)
{
    return act("startServer " + launch.name.text, [&] { return real_.startServer(launch); });
}

void FaultyOrchestrator::stopServer(const std::string& id)
{
    act("stopServer " + id, [&] { real_.stopServer(id); });
}

void FaultyOrchestrator::suspendServer(const std::string& id)
{
    act("suspendServer " + id, [&] { real_.suspendServer(id); });
}

void FaultyOrchestrator::resumeServer(const std::string& id)
{
    act("resumeServer " + id, [&] { real_.resumeServer(id); });
}

void FaultyOrchestrator::restartServer(const std::string& id)
{
    act("restartServer " + id, [&] { real_.restartServer(id); });
}

std::string FaultyOrchestrator::replaceServer(const Launch& launch, const std::string& oldId, const ReadyGate& gate)
{
    return act("replaceServer " + launch.name.text, [&] { return real_.replaceServer(launch, oldId, gate); });
}

void FaultyOrchestrator::restoreServer(const std::string& id, const InstanceName& name, const RestartPolicy& restart)
{
    act("restoreServer " + name.text, [&] { real_.restoreServer(id, name, restart); });
}

void FaultyOrchestrator::setResourceLimits(const std::string& id, const Resources& resources,
                                           const RestartPolicy& restart)
{
    act("setResourceLimits " + id, [&] { real_.setResourceLimits(id, resources, restart); });
}

void FaultyOrchestrator::setConfiguration(const std::string& id, const std::map<std::string, std::string>& files)
{
    act("setConfiguration " + id, [&] { real_.setConfiguration(id, files); });
}

void FaultyOrchestrator::ensureNetworkExists(const NetworkSpec& network)
{
    act("ensureNetworkExists " + network.name.text, [&] { real_.ensureNetworkExists(network); });
}

void FaultyOrchestrator::removeNetwork(const std::string& id)
{
    act("removeNetwork " + id, [&] { real_.removeNetwork(id); });
}

void FaultyOrchestrator::connectNetwork(const std::string& id, const NetworkName& network,
                                        const std::set<std::string>& aliases, const std::string& address)
{
    act("connectNetwork " + network.text + " " + id, [&] { real_.connectNetwork(id, network, aliases, address); });
}

void FaultyOrchestrator::disconnectNetwork(const std::string& id, const NetworkName& network)
{
    act("disconnectNetwork " + network.text + " " + id, [&] { real_.disconnectNetwork(id, network); });
}

}
