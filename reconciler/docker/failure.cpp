#include "docker/failure.h"

#include "docker/json_view.h"

#include <Poco/Net/NetException.h>

#include <fmt/core.h>

#include <cerrno>
#include <string_view>

namespace mcpctl::docker
{

namespace
{

using Kind = EngineError::Kind;

constexpr std::size_t longestPlainMessage = 500;

template <class T>
bool is(const Poco::Exception& error)
{
    return dynamic_cast<const T*>(&error) != nullptr;
}

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

std::string seconds(std::chrono::milliseconds time)
{
    return fmt::format("{:g} s", std::chrono::duration<double>(time).count());
}

/// TLS 1.3 refuses a certificate after the handshake, and the reason can be lost with the connection.
constexpr auto certificateGuess = "; perhaps it does not accept our client certificate";

/// Why TLS could not be agreed on, and what to do about it.
std::string tlsProblem(const Poco::Exception& error, TlsFailure failure)
{
    const std::string text = error.message().empty() ? error.displayText() : error.message();
    if (contains(text, "wrong version number") || contains(text, "packet length too long"))
        return fmt::format("the engine does not speak TLS there ({}); unset DOCKER_TLS_VERIFY, or use its TLS port",
                           text);
    if (failure == TlsFailure::wrongName)
        return fmt::format("its certificate is not valid for this host name ({})", text);
    if (contains(text, "certificate verify failed"))
        return fmt::format("its certificate is not signed by the CA that was given ({}); is ca.pem the right one?",
                           text);
    if (contains(text, "certificate required") || contains(text, "bad certificate") || contains(text, "unknown ca") ||
        contains(text, "handshake failure"))
        return fmt::format("it does not accept our client certificate ({}); are cert.pem and key.pem made for it?",
                           text);
    if (contains(text, "unexpected eof"))
        return fmt::format("it closed the connection ({}){}", text, certificateGuess);
    return fmt::format("TLS failed ({})", text);
}

std::string connectProblem(const Endpoint& endpoint, const Poco::Exception& error, TlsFailure tls)
{
    const bool local = endpoint.isOnThisHost();
    if (tls != TlsFailure::none)
        return tlsProblem(error, tls);
    if (is<Poco::TimeoutException>(error) || error.code() == EAGAIN)
        return "no connection in time; is the engine running, and does a firewall let us through?";
    if (is<Poco::Net::HostNotFoundException>(error) || is<Poco::Net::DNSException>(error) ||
        is<Poco::Net::NoAddressFoundException>(error))
        return "the host name cannot be resolved";
    switch (error.code())
    {
    case ENOENT:
        return "there is no such socket; is the engine running? Another address is given with --host or DOCKER_HOST";
    case EACCES:
    case EPERM:
        return "permission denied; run as root, or add the user to the group that owns the socket (usually `docker`; "
               "note that it gives root's power)";
    case ECONNREFUSED:
        return local ? "the socket is there but nobody listens on it; is the engine running?"
                     : "connection refused; is the engine running, and does it listen on this port?";
    default:
        return error.message().empty() ? error.displayText() : error.message();
    }
}

Kind kindOf(int status)
{
    switch (status)
    {
    case 401:
        return Kind::unauthorized;
    case 404:
        return Kind::notFound;
    case 409:
        return Kind::conflict;
    default:
        return status < 500 ? Kind::refused : Kind::server;
    }
}

std::string engineMessage(const std::string& body)
{
    if (const auto message = memberText(body, "message"))
        return *message;
    // Plain text, then: a proxy's, or an old engine's.
    std::string text = body.substr(0, longestPlainMessage);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    return text;
}

}

EngineError wireFailure(const std::string& what, const Endpoint& endpoint, Session& session,
                        const Poco::Exception& error, std::chrono::milliseconds deadline)
{
    const std::string engine = fmt::format("the engine at {} (from {})", endpoint.text(), endpoint.origin);
    if (session.guard().cancelled())
        return {Kind::cancelled, fmt::format("{}: cancelled", what)};
    if (const Poco::Exception* connectError = session.connectError())
        return {Kind::unreachable,
                fmt::format("{}: cannot reach {}: {}", what, engine,
                            connectProblem(endpoint, *connectError, session.tlsFailureOf(*connectError)))};
    if (session.guard().expired() || is<Poco::TimeoutException>(error) || error.code() == EAGAIN)
        return {Kind::timeout, fmt::format("{}: no answer within {} from {}", what, seconds(deadline), engine)};
    const auto* guess = endpoint.tls && !session.answered() ? certificateGuess : "";
    if (is<Poco::Net::NoMessageException>(error) || session.guard().peerClosed())
        return {Kind::unreachable,
                fmt::format("{}: {} closed the connection before it answered{}", what, engine, guess)};
    if (const auto tls = session.tlsFailureOf(error); tls != TlsFailure::none)
        return {Kind::unreachable, fmt::format("{}: cannot reach {}: {}", what, engine, tlsProblem(error, tls))};
    if (is<Poco::Net::MessageException>(error))
        return {Kind::badAnswer,
                fmt::format("{}: what answers at {} (from {}) does not speak HTTP; if it wants TLS, set "
                            "DOCKER_TLS_VERIFY=1 ({})",
                            what, endpoint.text(), endpoint.origin, error.displayText())};
    return {Kind::unreachable,
            fmt::format("{}: the connection to {} was lost: {}{}", what, engine, error.displayText(), guess)};
}

EngineError brokenFailure(const std::string& what, const Endpoint& endpoint, Session& session,
                          const BrokenAnswer& error)
{
    if (session.guard().cancelled())
        return {Kind::cancelled, fmt::format("{}: cancelled", what)};
    return {error.lost() ? Kind::unreachable : Kind::badAnswer,
            fmt::format("{}: bad answer from the engine at {} (from {}): {}", what, endpoint.text(), endpoint.origin,
                        error.what())};
}

EngineError statusFailure(const std::string& what, const Endpoint& endpoint, int status, const std::string& body)
{
    const std::string message = engineMessage(body);
    std::string text = fmt::format("{}: engine answered {}: {}", what, status, message.empty() ? "(no text)" : message);
    if (contains(message, "HTTP request to an HTTPS server"))
        text += fmt::format("; {} wants TLS: set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH", endpoint.text());
    return {kindOf(status), text, status, message};
}

bool lostBeforeAnswer(Session& session, const Poco::Exception& error)
{
    if (session.connectError() || session.guard().expired() || session.guard().cancelled())
        return false;
    return session.guard().peerClosed() || is<Poco::Net::NoMessageException>(error) ||
           is<Poco::Net::ConnectionResetException>(error) || is<Poco::Net::ConnectionAbortedException>(error) ||
           session.tlsFailureOf(error) == TlsFailure::closed || error.code() == EPIPE || error.code() == ECONNRESET;
}

}
