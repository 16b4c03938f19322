#pragma once

#include "docker/client.h"
#include "docker/engine_reader.h"
#include "orchestrator/channel.h"

#include <cstdint>
#include <memory>
#include <string>

namespace mcpctl::docker
{

/// A TCP connection to `port` of the container, made from within its own network, for the host has no address there.
///
/// Where the engine's processes are seen here and there are the rights for it (root on the engine's host), a thread
/// enters the container's network namespace and connects: about a millisecond. Else a small container of the project's
/// own image (reconciler/relay/), hardened, shares the network of the other one and carries the bytes over its stdio:
/// about half a second, on any engine. Both connect to the address by which the container's peers know it, so what
/// listens on its loopback alone is not reached.
///
/// Throws OrchestratorError: unreachable when nothing accepts the connection.
std::unique_ptr<Channel> dialInto(const std::shared_ptr<Client>& client, const EngineReader& reader,
                                  const std::string& id, std::uint16_t port);

/// The same, always by the second way.
std::unique_ptr<Channel> dialByRelay(const std::shared_ptr<Client>& client, const EngineReader& reader,
                                     const std::string& id, std::uint16_t port);

}
