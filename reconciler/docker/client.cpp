#include "docker/client.h"

#include "docker/transport.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Parser.h>

#include <fmt/core.h>

#include <algorithm>
#include <sstream>

namespace mcpctl::docker
{

namespace
{

Poco::Dynamic::Var jsonOf(const std::string& method, const Request& request, const Response& response)
{
    if (response.status >= 400) // accepted by the request
        return {};
    const auto what = request.what.empty() ? fmt::format("{} {}", method, request.path) : request.what;
    auto json = parseJson(response.body, what);
    // Taken for "there is none", it would have everything made that runs already.
    if (json.isEmpty())
        throw EngineError(EngineError::Kind::badAnswer,
                          fmt::format("{}: the engine answered {} and nothing else", what, response.status),
                          response.status);
    return json;
}

}

Body Body::json(const Poco::JSON::Object& object)
{
    std::ostringstream out;
    object.stringify(out);
    return {.bytes = out.str()};
}

ReadClient::ReadClient(const Endpoint& endpoint, const ClientOptions& options)
    : transport_(std::make_unique<Transport>(endpoint, options))
{
}

ReadClient::~ReadClient() = default;

const Endpoint& ReadClient::endpoint() const
{
    return transport_->endpoint();
}

ApiVersion ReadClient::apiVersion() const
{
    return transport_->apiVersion({.path = "/_ping", .what = "ask the engine for its API version"});
}

Response ReadClient::get(const Request& request) const
{
    return transport_->call("GET", request);
}

Response ReadClient::head(const Request& request) const
{
    return transport_->call("HEAD", request);
}

Poco::Dynamic::Var ReadClient::getJson(const Request& request) const
{
    return jsonOf("GET", request, get(request));
}

StreamEnd ReadClient::getStream(const Request& request, const StreamOptions& options, const std::stop_token& stop) const
{
    return transport_->stream("GET", request, nullptr, options, stop);
}

Statistics ReadClient::statistics() const
{
    return transport_->statistics();
}

Response Client::post(const Request& request, const Body& body)
{
    return transport().call("POST", request, &body);
}

Response Client::put(const Request& request, const Body& body)
{
    return transport().call("PUT", request, &body);
}

Response Client::del(const Request& request)
{
    return transport().call("DELETE", request);
}

Poco::Dynamic::Var Client::postJson(const Request& request, const Body& body)
{
    return jsonOf("POST", request, post(request, body));
}

StreamEnd Client::postStream(const Request& request, const Body& body, const StreamOptions& options,
                             const std::stop_token& stop)
{
    return transport().stream("POST", request, &body, options, stop);
}

std::unique_ptr<Duplex> Client::hijack(const Request& request, const Body& body)
{
    return transport().hijack(request, body);
}

Poco::Dynamic::Var parseJson(const std::string& text, const std::string& what)
{
    std::string_view trimmed = text;
    trimmed.remove_prefix(std::min(trimmed.find_first_not_of(" \t\r\n"), trimmed.size()));
    trimmed.remove_suffix(trimmed.size() - (trimmed.find_last_not_of(" \t\r\n") + 1));
    // Poco's parser refuses a bare null, and the engine answers with one (a container without changes).
    if (trimmed.empty() || trimmed == "null")
        return {};
    try
    {
        return Poco::JSON::Parser().parse(text);
    }
    catch (const Poco::Exception& error)
    {
        throw EngineError(EngineError::Kind::badAnswer,
                          fmt::format("{}: the engine's answer is not JSON: {}", what, error.displayText()));
    }
}

}
