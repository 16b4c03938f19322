#pragma once

#include "app/options.h"
#include "docker/doctor.h"
#include "orchestrator/orchestrator.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mcpctl
{

/// What the engine was asked so far, for `--stats` and metrics.
struct EngineStatistics
{
    std::uint64_t calls = 0;
    std::uint64_t bytesSent = 0;
    std::uint64_t bytesReceived = 0;
    std::uint64_t failures = 0; ///< calls without a whole answer, or with an error of the engine's own
};

/// The engine that the options name, as the commands that only look hold it: it cannot change anything.
struct ReadEngine
{
    std::unique_ptr<OrchestratorView> view;
    std::function<EngineStatistics()> statistics;
};

/// The same engine for the commands that act.
struct ActingEngine
{
    std::unique_ptr<McpOrchestrator> orchestrator;
    std::function<EngineStatistics()> statistics;
    bool onThisHost = false; ///< it is reached by a unix socket
};

ReadEngine openForReading(const GlobalOptions& global);
ActingEngine openForActing(const GlobalOptions& global);

/// What `mcpctl doctor` looks at on the engine.
std::vector<docker::Finding> examineEngine(const GlobalOptions& global);

/// The line that `--stats` prints.
std::string toString(const EngineStatistics& statistics);

}
