#pragma once

#include "docker/endpoint.h"
#include "docker/engine_error.h"
#include "docker/json_view.h"
#include "docker/request.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

/// The Docker Engine API as calls: paths and JSON in, status and JSON out. What the calls mean is the business of the
/// code above; here are connections, API version, deadlines, retries and errors.
///
/// Thread-safety: every member of ReadClient and Client may be called from any number of threads at once. Each call
/// uses a connection of its own, from a small pool of kept ones; each stream opens one.
namespace mcpctl::docker
{

class Duplex;
class Transport;

struct ClientOptions
{
    std::chrono::milliseconds connectTimeout = std::chrono::seconds(10);
    std::size_t bodyLimit = 64 * 1024 * 1024; ///< bytes of one answer; more is EngineError (badAnswer)
    std::size_t lineLimit = 4 * 1024 * 1024;  ///< bytes of one line of a stream, likewise
    std::size_t idleConnections = 8;          ///< kept open between calls
};

/// Counted since construction.
struct Statistics
{
    std::uint64_t calls = 0;    ///< requests sent, with those of retries and of the version negotiation
    std::uint64_t failures = 0; ///< of them, without a whole answer or with one of 500 and above
    std::uint64_t connections = 0;
    std::uint64_t bytesSent = 0; ///< HTTP bytes, with headers, before encryption
    std::uint64_t bytesReceived = 0;
    std::map<std::string, std::uint64_t> callsByMethod{};
};

struct ApiVersion
{
    int major = 0;
    int minor = 0;

    auto operator<=>(const ApiVersion&) const = default;
    std::string text() const; ///< "1.41"
};

inline constexpr ApiVersion oldestApiVersion{1, 41}; ///< Engine 20.10
inline constexpr ApiVersion newestApiVersion{1, 51}; ///< Engine 28.5, the newest this program was tried with

/// The half of the API that changes nothing. Code that holds a ReadClient cannot send anything but GET and HEAD.
///
/// Errors of every call: EngineError. A status from 400 on that the request does not accept is one. A GET or HEAD whose
/// connection breaks before an answer is sent once more; nothing else ever is.
class ReadClient
{
public:
    /// Connects to nothing yet. Throws EndpointError if the endpoint's TLS files are missing, unreadable or do not
    /// belong together.
    explicit ReadClient(const Endpoint& endpoint, const ClientOptions& options = {});
    ~ReadClient();
    ReadClient(const ReadClient&) = delete;
    ReadClient& operator=(const ReadClient&) = delete;

    const Endpoint& endpoint() const;

    /// The version that calls use: the older of the newest that each side knows. Asks the engine (`GET /_ping`) the
    /// first time. Throws EngineError (tooOld) if there is none.
    ApiVersion apiVersion() const;

    Response get(const Request& request) const;
    Response head(const Request& request) const;

    /// The answer's JSON; nothing (present() is false) for an accepted error status alone. `null` and no body are
    /// EngineError (badAnswer).
    JsonView getJson(const Request& request) const;

    /// Calls the sink until the engine, the sink or the token ends the stream. Cancellation takes effect at once,
    /// whatever the stream waits for. A connection lost half-way is EngineError (unreachable). A stream accepts no
    /// error status.
    StreamEnd getStream(const Request& request, const StreamOptions& options, const std::stop_token& stop = {}) const;

    Statistics statistics() const;

protected:
    Transport& transport() const { return *transport_; }

private:
    std::unique_ptr<Transport> transport_;
};

/// The whole API. A call that changes something is never sent twice, so after `timeout` or `unreachable` it may or may
/// not have been carried out: look.
class Client : public ReadClient
{
public:
    using ReadClient::ReadClient;

    Response post(const Request& request, const Body& body = {});
    Response put(const Request& request, const Body& body);
    Response del(const Request& request);

    /// As getJson().
    JsonView postJson(const Request& request, const Body& body = {});

    /// As getStream(), for calls that answer with progress (POST /images/create).
    StreamEnd postStream(const Request& request, const Body& body, const StreamOptions& options,
                         const std::stop_token& stop = {});

    /// A POST after which the connection carries bytes in both directions, as attach and exec do.
    std::unique_ptr<Duplex> hijack(const Request& request, const Body& body = {});
};

}
