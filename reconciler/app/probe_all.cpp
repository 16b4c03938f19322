#include "app/probe_all.h"

#include "app/probe_cache.h"
#include "app/prober.h"
#include "orchestrator/bounded_pool.h"

namespace mcpctl
{

Probes cachedProbes(const OrchestratorView& view, const std::vector<ObservedInstance>& instances)
{
    Probes found;
    if (instances.empty())
        return found;
    const ProbeCache cache(probeFolder(), view.getEngineInfo().id);
    for (const auto& each : instances)
        if (const auto result = cache.find(each))
            found.emplace(each.id, *result);
    return found;
}

Probes probeAll(McpOrchestrator& orchestrator, const std::vector<ObservedInstance>& instances)
{
    constexpr std::size_t atOnce = 8;
    constexpr std::chrono::seconds timeout{5};
    auto found = cachedProbes(orchestrator, instances);
    std::vector<const ObservedInstance*> open;
    for (const auto& each : instances)
        if (each.state == RunState::running && each.spec.transport.type != Transport::Type::none &&
            each.spec.health.type != HealthCheck::Type::none && !found.contains(each.id))
            open.push_back(&each);
    if (open.empty())
        return found;
    std::vector<ProbeResult> results(open.size());
    forEachInParallel(open.size(), atOnce,
                      [&](std::size_t i)
                      { results[i] = probeServer(orchestrator, open[i]->id, open[i]->spec.transport, timeout); });

    const ProbeCache cache(probeFolder(), orchestrator.getEngineInfo().id);
    for (std::size_t i = 0; i < open.size(); ++i)
    {
        cache.keep(*open[i], results[i]);
        found.emplace(open[i]->id, std::move(results[i]));
    }
    return found;
}

}
