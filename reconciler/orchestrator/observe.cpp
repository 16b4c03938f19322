#include "orchestrator/observe.h"

#include "orchestrator/bounded_pool.h"

#include <fmt/format.h>

#include <set>
#include <vector>

namespace mcpctl
{

namespace
{

constexpr std::size_t workers = 8;

/// Calls `read` for each of `keys`, in parallel, and collects what it returns.
template <typename Read>
auto readAll(const std::set<std::string>& keys, const Read& read)
{
    const std::vector<std::string> list(keys.begin(), keys.end());
    std::vector<decltype(read(list.front()))> results(list.size());
    forEachInParallel(list.size(), workers, [&](std::size_t i) { results[i] = read(list[i]); });
    std::map<std::string, typename decltype(results)::value_type> byKey;
    for (std::size_t i = 0; i < list.size(); ++i)
        byKey.emplace(list[i], std::move(results[i]));
    return byKey;
}

void addNetworks(std::vector<ObservedNetwork> networks, ObservedState& observed)
{
    for (auto& network : networks)
    {
        const auto name = network.spec.name;
        if (!observed.networks.emplace(name, std::move(network)).second)
            observed.ambiguousNetworks.insert(name);
    }
}

/// What the registries have for images that are pulled always.
void askRegistries(const OrchestratorView& view, const DesiredState& desired, RegistryAnswers& known,
                   ObservedState& observed)
{
    std::set<std::string> references;
    std::set<std::string> unknown;
    for (const auto& [name, instance] : desired.instances)
        if (instance.enabled && instance.pullPolicy == PullPolicy::always)
            (known.contains(instance.spec.image) ? references : unknown).insert(instance.spec.image);
    const auto ask = [&view](const std::string& reference) -> RegistryAnswer
    {
        try
        {
            return {view.resolveInRegistry(reference), ""};
        }
        catch (const OrchestratorError& error)
        {
            return {"", error.what()};
        }
    };
    known.merge(readAll(unknown, ask));
    references.merge(unknown);
    for (const auto& reference : references)
        // A registry that is away must not keep what runs from being looked after.
        if (const auto& answer = known.at(reference); answer.error.empty())
            observed.pins.emplace(reference, answer.pin);
        else
            observed.notes.push_back(
                fmt::format("{}: pullPolicy is always, and the registry does not answer: {}", reference, answer.error));
}

void readImages(const OrchestratorView& view, const DesiredState& desired, ObservedState& observed)
{
    std::set<std::string> references;
    for (const auto& [name, instance] : desired.instances)
        if (instance.enabled)
            references.insert(referenceFor(instance, observed));
    const auto look = [&view](const std::string& reference) { return view.inspectImage(reference); };
    for (const auto& [reference, image] : readAll(references, look))
        if (image)
        {
            observed.images.emplace(reference, *image);
            observed.images.emplace(image->id, *image);
        }

    std::set<std::string> liveIds;
    for (const auto& instance : observed.instances)
        if (observed.images.count(instance.imageId) == 0)
            liveIds.insert(instance.imageId);
    for (const auto& [id, image] : readAll(liveIds, look))
        if (image)
            observed.images.emplace(id, *image);
}

}

ObservedState observe(const OrchestratorView& view, const DesiredState& desired)
{
    RegistryAnswers none;
    return observe(view, desired, none);
}

ObservedState observe(const OrchestratorView& view, const DesiredState& desired, RegistryAnswers& known)
{
    ObservedState observed;
    observed.engineId = view.getEngineInfo().id;

    auto listing = view.listInstances(desired.project);
    observed.instances = std::move(listing.ours);
    observed.foreign = std::move(listing.foreign);

    addNetworks(std::move(listing.networks), observed);
    askRegistries(view, desired, known, observed);
    readImages(view, desired, observed);
    return observed;
}

}
