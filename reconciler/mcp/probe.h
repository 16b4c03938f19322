#pragma once

#include "model/mcp_status.h"
#include "orchestrator/channel.h"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

/// Does it speak MCP? Pure protocol over channels: where the process or the port is, is the orchestrator's matter.
/// Both eras are spoken, the modern one first (`server/discover`), the legacy one (`initialize`) where the answer
/// says so. docs/health.md tells how an answer is read.
///
/// Nothing here throws for what a server does: that is the result. Every call returns within its timeout plus
/// what opening a channel takes, and soon after a stop.
namespace mcpctl::mcp
{

/// Opens a new connection to the port, or starts another process, each time it is called. Throws OrchestratorError.
using Open = std::function<std::unique_ptr<Channel>()>;

struct ProbeOptions
{
    std::chrono::milliseconds timeout{10000};
    std::chrono::milliseconds discoverPatience{3000}; ///< stdio: silence for so long means legacy
    std::chrono::milliseconds endPatience{2000};      ///< stdio: how long the process has to end after its stdin did
    std::stop_token stop = {};
};

struct HttpAddress
{
    std::string host; ///< for the Host header, as `127.0.0.1:3001`: servers refuse names that they do not know
    std::string path; ///< as `/mcp`
};

/// Asks a streamable-http server. Connections are used again while the server keeps them.
ProbeResult probeHttp(const Open& dial, const HttpAddress& address, const ProbeOptions& options);

/// Asks a stdio server: a process of its own, never one that somebody uses. It is closed when the probe is over.
/// A second one is opened only where the first ended at a question that it did not know.
ProbeResult probeStdio(const Open& start, const ProbeOptions& options);

/// The health check `http`: ready when a GET is answered with 2xx or 3xx.
ProbeResult probePage(const Open& dial, const HttpAddress& address, const ProbeOptions& options);

}
