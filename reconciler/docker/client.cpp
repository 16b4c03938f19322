#include "docker/client.h"

#include "docker/transport.h"
#include "model/json_text.h"

#include <fmt/core.h>

namespace mcpctl::docker
{

namespace
{

JsonView jsonOf(const std::string& method, const Request& request, const Response& response)
{
    const auto what = request.what.empty() ? fmt::format("{} {}", method, request.path) : request.what;
    if (response.status >= 400) // accepted by the request
        return parseJson("", what);
    auto json = parseJson(response.body, what);
    // Taken for "there is none", it would have everything made that runs already.
    if (!json.present())
        throw EngineError(EngineError::Kind::badAnswer,
                          fmt::format("{}: the engine answered {} and nothing else", what, response.status),
                          response.status);
    return json;
}

}

Body Body::json(const Poco::JSON::Object& object)
{
    return {.bytes = jsonText(object)};
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

JsonView ReadClient::getJson(const Request& request) const
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

JsonView Client::postJson(const Request& request, const Body& body)
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

}
