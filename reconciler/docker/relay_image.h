#pragma once

#include "docker/client.h"

#include <string>

namespace mcpctl::docker
{

/// The image that carries the relay (reconciler/relay/), made on the engine from the bytes in this program where it is
/// not there yet; no registry is asked. The name has the program's digest in it. Throws EngineError.
std::string ensureRelayImage(Client& client);

}
