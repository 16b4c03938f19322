#pragma once

#include "docker/client.h"
#include "docker/environment.h"
#include "orchestrator/orchestrator.h"

#include <string>

/// Images and registries in the words of the seam. `environment` tells where docker keeps the credentials, which are
/// read anew for each call. Nothing but OrchestratorError is thrown.
namespace mcpctl::docker
{

/// What the registry has for `reference` now, as `NAME@sha256:...`. One that names a digest is answered without a call.
std::string resolveReference(const ReadClient& client, const Environment& environment, const std::string& reference);

ImageInfo pullReference(Client& client, const Environment& environment, const std::string& reference,
                        const PullSink& progress, const std::stop_token& stop);

}
