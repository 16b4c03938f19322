#pragma once

#include "orchestrator/channel.h"

#include <cstdint>
#include <memory>

namespace mcpctl::test
{

/// A new connection to a port of 127.0.0.1. Throws OrchestratorError when it is refused.
std::unique_ptr<Channel> dialTcp(std::uint16_t port);

}
