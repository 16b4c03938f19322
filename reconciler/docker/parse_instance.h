#pragma once

#include "docker/json_view.h"
#include "model/observed_state.h"

#include <set>
#include <string>

/// What the engine tells about a container, in the words of the model. Pure. Source: Engine API 1.41 to 1.51,
/// ContainerInspect.
namespace mcpctl::docker
{

/// The answer of GET /containers/ID/json.
///
/// `spec` is in the canonical terms of fields.h: a container made by createBody() from `spec` and an image reads back
/// equal to withImageDefaults(spec, image), whatever the engine adds by itself. Only these differ: `transport`, which
/// is not on the engine; the origin of `env` values; kinds of `health` that are not the engine's work, which read as
/// `image`.
///
/// `staleNetworks` is left empty: see findStaleNetworks(). Throws OrchestratorError (failed) on nonsense.
ObservedInstance parseInstance(const JsonView& inspection);

/// Networks that the container hangs on and that are not among `currentIds` any more, or, for one that never started
/// and so knows no ids, not among `currentNames`.
std::set<NetworkName> findStaleNetworks(const JsonView& inspection, const std::set<std::string>& currentIds,
                                        const std::set<std::string>& currentNames);

/// MemorySwap beyond Memory that a container was given, in bytes; -1: no limit. 0 where it cannot be told, because the
/// engine's kernel does not count swap (`limitsSwap` false in /info).
std::int64_t swapBeyondMemory(const JsonView& inspection, bool limitsSwap);

}
