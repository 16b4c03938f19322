#pragma once

#include "docker/client.h"
#include "docker/engine_reader.h"

#include <string>

namespace mcpctl::docker
{

/// Finds the network as it shall be, or makes it and reads it back: an engine may accept an option and ignore it.
/// Throws OrchestratorError: conflict if there is another one of the name, that is otherwise or somebody else's;
/// notEnforced, and then none is left behind. One at a time: an old engine makes two if it is asked twice at once.
void ensureNetwork(Client& client, const EngineReader& reader, const NetworkSpec& wanted);

/// Succeeds when it is gone. Waits a moment for endpoints to go that the engine is still clearing away.
void removeNetwork(Client& client, const std::string& id);

}
