#pragma once

#include "docker/client.h"
#include "docker/duplex.h"
#include "docker/session.h"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mcpctl::docker
{

/// Status and header fields; the body is still to come.
Response responseOf(const Poco::Net::HTTPResponse& header);

std::string_view bytesOf(const Body* body);

/// What is behind ReadClient and Client: kept connections, the agreed API version, and the one place where a failure
/// of the wire becomes an EngineError. Thread-safe.
class Transport
{
public:
    Transport(const Endpoint& endpoint, const ClientOptions& options);

    const Endpoint& endpoint() const { return dialer_->endpoint; }
    Response call(const std::string& method, const Request& request, const Body* body = nullptr);
    StreamEnd stream(const std::string& method, const Request& request, const Body* body, const StreamOptions& options,
                     const std::stop_token& stop);

    std::unique_ptr<Duplex> hijack(const Request& request, const Body& body);

    /// Agrees on a version if there is none yet; `what` opens the text of an error.
    ApiVersion apiVersion(const Request& onBehalfOf);
    Statistics statistics() const;

private:
    using Deadline = SocketGuard::Clock::time_point;

    /// A request in the form that goes out. Refers to the caller's request and body.
    struct Wire
    {
        std::string method;
        std::string target; ///< with version and query
        std::string what;   ///< opens error texts
        const Request& request;
        const Body* body; ///< null: none
        Deadline deadline;
    };

    /// A stream whose header is in.
    struct Opened
    {
        std::unique_ptr<Poco::Net::HTTPResponse> header{};
        std::istream* in = nullptr; ///< the session's
        Response response{};
    };

    Wire wire(const std::string& method, const std::string& version, const Request& request, const Body* body) const;
    Poco::Net::HTTPRequest header(const Wire& wire);
    Response send(const Wire& wire);
    Response attempt(Session& session, const Wire& wire);
    std::string readAll(BodyReader& reader) const;
    Opened open(Session& session, const Wire& wire);
    StreamEnd pump(Session& session, const Wire& wire, const Opened& opened, const StreamOptions& options);
    ApiVersion negotiate(const Request& onBehalfOf);
    ApiVersion engineMinimum(const Request& onBehalfOf);
    bool refusedVersion(const Response& response, ApiVersion used);

    std::unique_ptr<Session> takeSession(bool fresh);
    void keepSession(std::unique_ptr<Session> session);

    const ClientOptions options_;
    const std::shared_ptr<Traffic> traffic_ = std::make_shared<Traffic>();
    const std::shared_ptr<const Dialer> dialer_;

    static constexpr std::array<const char*, 5> methods{"GET", "HEAD", "POST", "PUT", "DELETE"};
    std::array<std::atomic<std::uint64_t>, methods.size()> calls_{};
    std::atomic<std::uint64_t> failures_{};

    std::mutex versionMutex_;
    std::optional<ApiVersion> version_{};

    std::mutex idleMutex_;
    std::vector<std::unique_ptr<Session>> idle_{};
};

}
