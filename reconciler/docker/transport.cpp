#include "docker/transport.h"

#include "docker/failure.h"
#include "docker/tls.h"
#include "model/version.h"

#include <Poco/Net/HTTPMessage.h>
#include <Poco/Net/NetException.h>
#include <Poco/String.h>
#include <Poco/URI.h>

#include <fmt/core.h>

#include <algorithm>

namespace mcpctl::docker
{

namespace
{

using Kind = EngineError::Kind;

std::string target(const std::string& version, const Request& request)
{
    Poco::URI uri;
    uri.setPath(version + request.path);
    for (const auto& [name, value] : request.query)
        uri.addQueryParameter(name, value);
    return uri.getPathAndQuery();
}

bool hasBody(const std::string& method, int status)
{
    return method != "HEAD" && status != 204 && status != 304;
}

}

std::string_view bytesOf(const Body* body)
{
    return body ? std::string_view(body->bytes) : std::string_view();
}

Response responseOf(const Poco::Net::HTTPResponse& header)
{
    Response result{.status = header.getStatus()};
    for (const auto& [name, value] : header)
        result.headers[Poco::toLower(name)] = value;
    return result;
}

Transport::Transport(const Endpoint& endpoint, const ClientOptions& options)
    : options_(options), dialer_(std::make_shared<const Dialer>(Dialer{
                             .endpoint = endpoint,
                             .tls = endpoint.tls ? makeTls(endpoint) : nullptr,
                             .connectTimeout = options.connectTimeout,
                             .traffic = traffic_,
                         }))
{
}

Statistics Transport::statistics() const
{
    Statistics result{.failures = failures_,
                      .connections = traffic_->connections,
                      .bytesSent = traffic_->sent,
                      .bytesReceived = traffic_->received};
    for (std::size_t i = 0; i < methods.size(); ++i)
        if (const std::uint64_t count = calls_[i])
        {
            result.callsByMethod[methods[i]] = count;
            result.calls += count;
        }
    return result;
}

Transport::Wire Transport::wire(const std::string& method, const std::string& version, const Request& request,
                                const Body* body) const
{
    return {.method = method,
            .target = target(version, request),
            .what = request.what.empty() ? fmt::format("{} {}", method, request.path) : request.what,
            .request = request,
            .body = body,
            .deadline = SocketGuard::Clock::now() + request.deadline};
}

Poco::Net::HTTPRequest Transport::header(const Wire& wire)
{
    Poco::Net::HTTPRequest result(wire.method, wire.target, Poco::Net::HTTPMessage::HTTP_1_1);
    result.set("User-Agent", fmt::format("mcpctl/{}", version));
    if (wire.body && !wire.body->bytes.empty())
        result.setContentType(wire.body->contentType);
    for (const auto& [name, value] : wire.request.headers)
        result.set(name, value);
    for (std::size_t i = 0; i < methods.size(); ++i)
        if (wire.method == methods[i])
            ++calls_[i];
    return result;
}

std::string Transport::readAll(BodyReader& reader) const
{
    std::string result;
    for (auto piece = reader.next(); !piece.empty(); piece = reader.next())
    {
        if (result.size() + piece.size() > options_.bodyLimit)
            throw BrokenAnswer(fmt::format("the answer is longer than {} bytes", options_.bodyLimit));
        result += piece;
    }
    return result;
}

Response Transport::attempt(Session& session, const Wire& wire)
{
    session.guard().allowUntil(wire.deadline);
    auto request = header(wire);
    Poco::Net::HTTPResponse answer;
    std::istream& in = session.exchange(request, bytesOf(wire.body), answer);
    Response result = responseOf(answer);
    if (hasBody(wire.method, result.status))
    {
        BodyReader reader(session, answer, in);
        result.body = readAll(reader);
    }
    return result;
}

Response Transport::send(const Wire& wire)
{
    const bool idempotent = wire.method == "GET" || wire.method == "HEAD";
    for (bool again = false;; again = true)
    {
        auto session = takeSession(again);
        try
        {
            Response result = attempt(*session, wire);
            if (Poco::icompare(result.headers["connection"], "close") != 0)
                keepSession(std::move(session));
            return result;
        }
        catch (const BrokenAnswer& error)
        {
            ++failures_;
            throw brokenFailure(wire.what, endpoint(), *session, error);
        }
        catch (const Poco::Exception& error)
        {
            if (!again && !session->answered() && idempotent && lostBeforeAnswer(*session, error))
                continue; // a GET on a connection that was closed before any answer: once more, on a new one
            ++failures_;
            throw wireFailure(wire.what, endpoint(), *session, error, wire.request.deadline);
        }
    }
}

Response Transport::call(const std::string& method, const Request& request, const Body* body)
{
    const ApiVersion agreed = apiVersion(request);
    Wire out = wire(method, "/v" + agreed.text(), request, body);
    Response result = send(out);
    if (refusedVersion(result, agreed)) // not carried out, so any method may be sent again
    {
        out.target = target("/v" + apiVersion(request).text(), request);
        result = send(out);
    }
    if (result.status >= 500)
        ++failures_;
    if (result.status >= 400 && !request.accept.contains(result.status))
        throw statusFailure(out.what, endpoint(), result.status, result.body);
    return result;
}

std::unique_ptr<Session> Transport::takeSession(bool fresh)
{
    while (!fresh)
    {
        std::unique_ptr<Session> session;
        {
            const std::lock_guard lock(idleMutex_);
            if (idle_.empty())
                break;
            session = std::move(idle_.back());
            idle_.pop_back();
        }
        if (!session->stale())
            return session;
    }
    return std::make_unique<Session>(dialer_, true);
}

void Transport::keepSession(std::unique_ptr<Session> session)
{
    const std::lock_guard lock(idleMutex_);
    if (idle_.size() < options_.idleConnections)
        idle_.push_back(std::move(session));
}

}
