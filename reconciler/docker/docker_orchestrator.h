#pragma once

#include "docker/client.h"
#include "docker/container_calls.h"
#include "docker/engine_reader.h"
#include "docker/environment.h"
#include "docker/image_calls.h"
#include "orchestrator/orchestrator.h"

#include <memory>
#include <mutex>
#include <string>

/// Servers as containers of a Docker engine. Nothing outside of docker/ knows that there are containers.
///
/// Neither class makes a call before it is asked for something. Both are thread-safe as the seam demands, and throw
/// nothing but OrchestratorError.
namespace mcpctl::docker
{

/// The reading half, the same for both of the seam's interfaces.
template <typename Seam>
class ReadsFromEngine : public Seam
{
public:
    /// `environment` tells where docker keeps the credentials for registries, and where files of secrets are.
    ReadsFromEngine(std::shared_ptr<const ReadClient> client, Environment environment)
        : reader_(std::move(client), secretsRoot(environment)), environment_(std::move(environment))
    {
    }

    EngineInfo getEngineInfo() const override { return reader_.engineInfo(); }
    Listing listInstances(const ProjectName& project) const override { return reader_.listInstances(project); }
    std::vector<ObservedNetwork> getNetworkInfo() const override { return reader_.networks(); }
    std::optional<ImageInfo> inspectImage(const std::string& ref) const override { return reader_.image(ref); }
    LiveStatus getStatus(const std::string& id) const override { return reader_.status(id); }
    Health getHealth(const std::string& id) const override { return reader_.health(id); }
    Isolation getIsolation(const std::string& id) const override { return reader_.isolation(id); }

    std::string resolveInRegistry(const std::string& reference) const override
    {
        return resolveReference(reader_.client(), environment_, reference);
    }

    void getLogs(const std::string& id, const LogOptions& options, const LogSink& sink,
                 std::stop_token stop) const override
    {
        reader_.logs(id, options, sink, stop);
    }

    Stats getStats(const std::string& id) const override { return reader_.stats(id); }

    void subscribeEvents(const ProjectName& project, const EventSink& sink, std::stop_token stop) const override
    {
        reader_.events(project, sink, stop);
    }

    std::int64_t eventsBetween(const ProjectName& project, std::int64_t sinceNanos,
                               std::optional<std::int64_t> untilNanos, const EventSink& sink) const override
    {
        return reader_.eventsBetween(project, sinceNanos, untilNanos, sink);
    }

protected:
    const EngineReader& reader() const { return reader_; }
    const Environment& environment() const { return environment_; }

private:
    EngineReader reader_;
    const Environment environment_;
};

/// What plan, status and logs hold. It has no client that could send anything but GET and HEAD.
class DockerView final : public ReadsFromEngine<OrchestratorView>
{
public:
    using ReadsFromEngine::ReadsFromEngine;
};

/// The whole. Reads what it asked for of isolation and limits back before anything runs.
class DockerOrchestrator final : public ReadsFromEngine<McpOrchestrator>
{
public:
    DockerOrchestrator(const std::shared_ptr<Client>& client, Environment environment);

    ImageInfo pullImage(const std::string& reference, const PullSink& progress, std::stop_token stop) override;

    std::string startServer(const Launch& launch) override;
    void stopServer(const std::string& id) override;
    void suspendServer(const std::string& id) override;
    void resumeServer(const std::string& id) override;
    void restartServer(const std::string& id) override;
    std::string replaceServer(const Launch& launch, const std::string& oldId, const ReadyGate& gate) override;
    void restoreServer(const std::string& id, const InstanceName& name, const RestartPolicy& restart) override;
    void setResourceLimits(const std::string& id, const Resources& resources, const RestartPolicy& restart) override;

    void setConfiguration(const std::string& id, const std::map<std::string, std::string>& files) override;

    void ensureNetworkExists(const NetworkSpec& network) override;
    void removeNetwork(const std::string& id) override;
    void connectNetwork(const std::string& id, const NetworkName& network, const std::set<std::string>& aliases,
                        const std::string& address) override;
    void disconnectNetwork(const std::string& id, const NetworkName& network) override;

    std::unique_ptr<Channel> attach(const std::string& id) override;
    std::unique_ptr<Channel> runBeside(const std::string& id) override;
    std::unique_ptr<Channel> dial(const std::string& id, std::uint16_t port) override;

private:
    const std::shared_ptr<Client> client_;
    ContainerCalls calls_;
    std::mutex networkMutex_; ///< held while a network is looked for and made
};

}
