#pragma once

#include "orchestrator/orchestrator.h"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace mcpctl::test
{

/// What a SIGKILL is to mcpctl: nothing catches it, nothing is tidied up. No std::exception on purpose.
struct Killed
{
};

/// Kills at the `point`-th moment: moment 2n is before the n-th write, moment 2n+1 after it (from 0). From
/// then on every call, reading ones too, is Killed. For MemoryEngine::intercept.
class Killer
{
public:
    explicit Killer(std::size_t point) : point_(point) {}

    void operator()(bool writes);
    bool struck() const;

private:
    mutable std::mutex mutex_;
    std::size_t point_;
    std::size_t moment_ = 0; ///< guarded by mutex_
    bool struck_ = false;    ///< guarded by mutex_
};

/// Passes everything on, notes what acts, and lets a test fail any call before or after it took effect.
class FaultyOrchestrator : public McpOrchestrator
{
public:
    /// Throws to fail the call. `call`: as `startServer mcpctl-p-a`; those that name an id carry its id.
    using Fault = std::function<void(bool after, const std::string& call)>;

    explicit FaultyOrchestrator(McpOrchestrator& real, Fault fault = {}) : real_(real), fault_(std::move(fault)) {}

    /// Fails the `n`-th acting call (from 0) with `error`, before or after it took effect.
    static Fault nth(std::size_t n, bool after, const OrchestratorError& error);

    std::vector<std::string> journal() const;

    EngineInfo getEngineInfo() const override { return real_.getEngineInfo(); }
    Listing listInstances(const ProjectName& project) const override { return real_.listInstances(project); }
    std::vector<ObservedNetwork> getNetworkInfo() const override { return real_.getNetworkInfo(); }
    std::optional<ImageInfo> inspectImage(const std::string& reference) const override
    {
        return real_.inspectImage(reference);
    }
    std::string resolveInRegistry(const std::string& reference) const override
    {
        return real_.resolveInRegistry(reference);
    }
    LiveStatus getStatus(const std::string& id) const override { return real_.getStatus(id); }
    Health getHealth(const std::string& id) const override { return real_.getHealth(id); }
    Isolation getIsolation(const std::string& id) const override { return real_.getIsolation(id); }
    void getLogs(const std::string& id, const LogOptions& options, const LogSink& sink,
                 std::stop_token stop) const override
    {
        real_.getLogs(id, options, sink, stop);
    }
    Stats getStats(const std::string& id) const override { return real_.getStats(id); }
    std::int64_t eventsBetween(const ProjectName& project, std::int64_t sinceNanos,
                               std::optional<std::int64_t> untilNanos, const EventSink& sink) const override
    {
        return real_.eventsBetween(project, sinceNanos, untilNanos, sink);
    }
    void subscribeEvents(const ProjectName& project, const EventSink& sink, std::stop_token stop) const override
    {
        real_.subscribeEvents(project, sink, stop);
    }

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
    std::unique_ptr<Channel> attach(const std::string& id) override { return real_.attach(id); }
    std::unique_ptr<Channel> runBeside(const std::string& id) override { return real_.runBeside(id); }
    std::unique_ptr<Channel> dial(const std::string& id, std::uint16_t port) override { return real_.dial(id, port); }

private:
    template <typename Act>
    auto act(const std::string& call, const Act& body);
    void at(bool after, const std::string& call);

    McpOrchestrator& real_;
    Fault fault_;
    mutable std::mutex mutex_;
    std::vector<std::string> journal_; ///< guarded by mutex_
};

}
