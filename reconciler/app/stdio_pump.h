#pragma once

#include "orchestrator/channel.h"

#include <chrono>
#include <stop_token>

namespace mcpctl
{

/// The client's ends of a session.
struct ClientStdio
{
    int in = 0;
    int out = 1;
    int err = 2;
};

enum class PumpEnd
{
    serverEnded, ///< it closed its output
    clientGone,  ///< the client closed its side, and the server did not end within the grace period
    interrupted, ///< stopped from outside
};

/// Carries bytes both ways between a client and a server until one of them is gone. The client's end of file is
/// passed on, and what the server still says after it reaches the client. A side that does not read slows the
/// other one down; nothing is dropped or kept.
///
/// Blocking descriptors, which are left as they are. Throws OrchestratorError when the connection breaks.
PumpEnd pump(Channel& channel, const ClientStdio& client, std::chrono::milliseconds grace, const std::stop_token& stop);

}
