#include "app/engine.h"

#include "docker/docker_orchestrator.h"
#include "docker/endpoint.h"
#include "docker/environment.h"

#include <fmt/format.h>

namespace mcpctl
{

namespace
{

/// An engine that cannot even be named is, to who asks, one that cannot be reached.
template <typename Client>
std::shared_ptr<Client> connect(const GlobalOptions& global)
{
    try
    {
        const auto endpoint = docker::resolveEndpoint(global.host, docker::Environment::ofProcess());
        Log(global.logLevel).debug(fmt::format("the engine is {}, by {}", endpoint.text(), endpoint.origin));
        return std::make_shared<Client>(endpoint);
    }
    catch (const docker::EndpointError& error)
    {
        throw OrchestratorError(OrchestratorError::Kind::unreachable, error.what());
    }
}

std::function<EngineStatistics()> statisticsOf(const std::shared_ptr<const docker::ReadClient>& client)
{
    return [client]
    {
        const auto counted = client->statistics();
        return EngineStatistics{counted.calls, counted.bytesSent, counted.bytesReceived, counted.failures};
    };
}

}

ReadEngine openForReading(const GlobalOptions& global)
{
    const auto client = connect<docker::ReadClient>(global);
    return {std::make_unique<docker::DockerView>(client, docker::Environment::ofProcess()), statisticsOf(client)};
}

ActingEngine openForActing(const GlobalOptions& global)
{
    const auto client = connect<docker::Client>(global);
    return {std::make_unique<docker::DockerOrchestrator>(client, docker::Environment::ofProcess()),
            statisticsOf(client), client->endpoint().isOnThisHost()};
}

std::vector<docker::Finding> examineEngine(const GlobalOptions& global)
{
    return docker::examineEngine(*connect<docker::ReadClient>(global));
}

std::string toString(const EngineStatistics& statistics)
{
    return fmt::format("engine: {} calls, {} bytes sent, {} bytes received", statistics.calls, statistics.bytesSent,
                       statistics.bytesReceived);
}

}
