#pragma once

#include "docker/json_view.h"
#include "orchestrator/live.h"

#include <optional>

namespace mcpctl::docker
{

/// The answer of GET /containers/ID/stats, from a host with either version of cgroups; nothing where the container
/// does not run. Throws OrchestratorError (failed) on nonsense. Source: Engine API 1.41 to 1.51, ContainerStats, and
/// what `docker stats` makes of it.
std::optional<Stats> parseStats(const JsonView& answer);

}
