#pragma once

#include "orchestrator/orchestrator.h"
#include "support/memory_engine.h"

namespace mcpctl::test
{

/// An orchestrator over a MemoryEngine. It acts in the same small steps as the one for a real engine,
/// so that a crash between any two of them leaves what it would leave there. Any thread may call any member.
class MemoryOrchestrator : public McpOrchestrator
{
public:
    explicit MemoryOrchestrator(World world = {}) : engine_(std::move(world)) {}

    MemoryEngine& engine() { return engine_; }

    EngineInfo getEngineInfo() const override;
    Listing listInstances(const ProjectName& project) const override;
    std::vector<ObservedNetwork> getNetworkInfo() const override;
    std::optional<ImageInfo> inspectImage(const std::string& reference) const override;
    std::string resolveInRegistry(const std::string& reference) const override;
    LiveStatus getStatus(const std::string& id) const override;
    Health getHealth(const std::string& id) const override;
    Isolation getIsolation(const std::string& id) const override;
    void getLogs(const std::string& id, const LogOptions& options, const LogSink& sink,
                 std::stop_token stop) const override;
    void subscribeEvents(const ProjectName& project, const EventSink& sink, std::stop_token stop) const override;
    Stats getStats(const std::string& id) const override;
    std::int64_t eventsBetween(const ProjectName& project, std::int64_t sinceNanos,
                               std::optional<std::int64_t> untilNanos, const EventSink& sink) const override;

    ImageInfo pullImage(const std::string& reference, const PullSink& progress, std::stop_token stop) override;
    std::string startServer(const Launch& launch) override;
    void stopServer(const std::string& id) override;
    void suspendServer(const std::string& id) override;
    void resumeServer(const std::string& id) override;
    void restartServer(const std::string& id) override;
    std::string replaceServer(const Launch& launch, const std::string& oldId, const ReadyGate& gate) override;
    void restoreServer(const std::string& id, const InstanceName& name, const RestartPolicy& restart) override;
    void setResourceLimits(const std::string& id, const Resources& resources, const RestartPolicy& restart) override;
    void ensureNetworkExists(const NetworkSpec& network) override;
    void removeNetwork(const std::string& id) override;
    void setConfiguration(const std::string& id, const std::map<std::string, std::string>& files) override;
    void connectNetwork(const std::string& id, const NetworkName& network, const std::set<std::string>& aliases,
                        const std::string& address) override;
    void disconnectNetwork(const std::string& id, const NetworkName& network) override;
    std::unique_ptr<Channel> attach(const std::string& id) override;
    std::unique_ptr<Channel> runBeside(const std::string& id) override;
    std::unique_ptr<Channel> dial(const std::string& id, std::uint16_t port) override;

private:
    /// Made, on all its networks, limits read back, not started; nothing is left when that fails.
    std::string make(const std::string& name, const Launch& launch);
    [[noreturn]] void rollBack(const Launch& launch, const std::string& newId, const std::string& oldId,
                               const std::string& why);

    mutable MemoryEngine engine_;
};

}
