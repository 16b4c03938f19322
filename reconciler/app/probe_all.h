#pragma once

#include "model/mcp_status.h"
#include "model/observed_state.h"
#include "orchestrator/orchestrator.h"

#include <map>
#include <string>
#include <vector>

namespace mcpctl
{

/// What servers said of themselves, by the instance's id.
using Probes = std::map<std::string, ProbeResult>;

/// What was kept of them (probe_cache.h). Nothing is asked.
Probes cachedProbes(const OrchestratorView& view, const std::vector<ObservedInstance>& instances);

/// Asks every one that runs, but a stdio server only once in the life of its process, and one whose health is `none`
/// not at all. Keeps what they say.
Probes probeAll(McpOrchestrator& orchestrator, const std::vector<ObservedInstance>& instances);

}
