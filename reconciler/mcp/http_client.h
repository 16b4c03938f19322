#pragma once

#include "mcp/connection.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mcpctl::mcp
{

struct HttpReply
{
    int status = 0;
    std::string contentType; ///< without parameters, in lower case
    std::string session;     ///< Mcp-Session-Id
    std::string location;
    std::string body; ///< of an event stream: the data of the one event that was wanted
};

/// HTTP/1.1 for small messages over channels, one after the other.
/// What is no HTTP, is too big or comes too late is a ProbeFailure; what breaks is OrchestratorError.
class HttpClient
{
public:
    using Fields = std::vector<std::pair<std::string, std::string>>;
    using Wanted = std::function<bool(const std::string& data)>;

    HttpClient(Open dial, HttpAddress address, ProbeOptions options);

    /// `wanted` chooses among the events of an event stream, and ends it; without it no body is read.
    HttpReply send(const std::string& method, const Fields& fields, const std::string& body, const Wanted& wanted);

private:
    std::optional<HttpReply> exchange(const std::string& request, const Wanted& wanted);

    const Open dial_;
    const HttpAddress address_;
    const ProbeOptions options_;
    const Channel::Clock::time_point deadline_;
    std::unique_ptr<Connection> connection_; ///< kept open by the server; may be null
};

}
