#pragma once

#include "docker/guarded_socket.h"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include <array>
#include <chrono>
#include <istream>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace mcpctl::docker
{

/// The answer is not what HTTP promises; the text says how, without naming the call.
class BrokenAnswer : public std::runtime_error
{
public:
    explicit BrokenAnswer(const std::string& text, bool lost = false) : std::runtime_error(text), lost_(lost) {}

    /// Is it a good answer of which the rest is missing?
    bool lost() const noexcept { return lost_; }

private:
    bool lost_;
};

/// All that a session needs to connect. Shared by the sessions of a client, and constant.
struct Dialer
{
    Endpoint endpoint{};
    std::shared_ptr<const Tls> tls{}; ///< null: no TLS
    std::chrono::milliseconds connectTimeout{};
    std::shared_ptr<Traffic> traffic{};
};

/// One HTTP/1.1 connection to the engine over a unix socket, TCP or TLS. Connects when the first request needs it.
///
/// Thread-safety: one thread at a time; only the guard's cancel() may come from another.
class Session : public Poco::Net::HTTPClientSession
{
public:
    /// Without `keepAlive` the engine is told to close after one answer (streams).
    Session(std::shared_ptr<const Dialer> dialer, bool keepAlive);

    SocketGuard& guard() { return *guard_; }
    const std::shared_ptr<SocketGuard>& sharedGuard() const { return guard_; }

    /// Sends a request, and reads the response's header. `Host` and the length are set here, for Poco would close its
    /// half of the connection after a POST without a length, and the engine takes that for a cancel.
    /// Throws Poco exceptions; NoMessageException if the engine closed before its header was complete; BrokenAnswer for
    /// a status that is none.
    std::istream& exchange(Poco::Net::HTTPRequest& request, std::string_view body, Poco::Net::HTTPResponse& response);

    /// What `error` of this session says of TLS.
    TlsFailure tlsFailureOf(const Poco::Exception& error) const
    {
        return dialer_->tls ? dialer_->tls->failureOf(error) : TlsFailure::none;
    }

    /// Did a header come for the last request?
    bool answered() const { return answered_; }

    /// Is an idle connection of no use any more? True when the peer closed it or something unasked has arrived.
    bool stale();

    /// Has more arrived than the answer that was read?
    bool hasSurplus() const { return buffered() > 0; }

    /// Bytes that arrived behind the header, for one who goes on without HTTP.
    std::string takeBuffered();

    /// Why connecting failed, if it did; Poco swallows or wraps it on some of its ways.
    const Poco::Exception* connectError() const { return connectError_.get(); }

protected:
    void connect(const Poco::Net::SocketAddress& address) override;

private:
    const std::shared_ptr<const Dialer> dialer_;
    const std::shared_ptr<SocketGuard> guard_;
    std::unique_ptr<Poco::Exception> connectError_{};
    bool answered_ = false;
};

/// Reads a response's body piece by piece as it arrives, and knows whether it came to a proper end: Poco takes a
/// connection that broke for the end of the body.
class BodyReader
{
public:
    /// All three outlive the reader.
    BodyReader(Session& session, const Poco::Net::HTTPResponse& response, std::istream& in);

    /// The next bytes, at least one; empty at the end. Valid until the next call.
    /// Throws Poco exceptions (TimeoutException), and BrokenAnswer if the body was cut off.
    std::string_view next();

private:
    void checkEnd() const;

    Session& session_;
    const Poco::Net::HTTPResponse& response_;
    std::istream& in_;
    std::uint64_t total_ = 0;
    std::array<char, 4096> buffer_{};
};

}
