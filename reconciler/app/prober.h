#pragma once

#include "apply/apply.h"
#include "model/mcp_status.h"
#include "orchestrator/orchestrator.h"

#include <chrono>
#include <map>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <string>

/// Asks what runs whether it is ready. Which way is taken, and why: docs/health.md.
namespace mcpctl
{

/// Whether the running instance `id` speaks MCP: over its port, from within its network; or, for a stdio server, by a
/// second process beside it, because the first has one stdin that somebody may be using.
/// Throws nothing for what the world does: that is the result.
ProbeResult probeServer(McpOrchestrator& orchestrator, const std::string& id, const Transport& transport,
                        std::chrono::milliseconds timeout, const std::stop_token& stop = {});

/// What apply() waits by. Thread-safety: every member may be called from several threads at once.
class Prober
{
public:
    explicit Prober(McpOrchestrator& orchestrator) : orchestrator_(orchestrator) {}

    /// A ReadinessProbe: asks again and again, 100 ms to 1 s apart, until it is ready or `stop`.
    Readiness untilReady(const std::string& id, const DesiredInstance& want, const std::stop_token& stop);

    /// Asks once.
    Readiness once(const std::string& id, const DesiredInstance& want, const std::stop_token& stop);

    /// What servers said that answered, by instance id.
    std::map<std::string, ProbeResult> found() const;
    std::optional<ProbeResult> found(const std::string& id) const;

private:
    /// One question. Nothing more to ask: `final`.
    struct Answer
    {
        Readiness readiness;
        bool final = false;
    };

    Answer ask(const std::string& id, const DesiredInstance& want, const std::stop_token& stop);
    Answer askMcp(const std::string& id, const DesiredInstance& want, const std::stop_token& stop);
    Answer askPort(const std::string& id, const DesiredInstance& want, const std::stop_token& stop);
    Answer askEngine(const std::string& id);

    McpOrchestrator& orchestrator_;
    std::counting_semaphore<> turns_{8}; ///< each question may cost a process

    mutable std::mutex mutex_;
    std::map<std::string, ProbeResult> found_; ///< guarded by mutex_
};

}
