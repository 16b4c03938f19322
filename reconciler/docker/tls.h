#pragma once

#include "docker/endpoint.h"
#include "docker/socket_guard.h"

#include <Poco/Exception.h>
#include <Poco/Net/StreamSocket.h>

#include <memory>
#include <string>

namespace mcpctl::docker
{

/// What an exception says of TLS.
enum class TlsFailure
{
    none,      ///< it is not of TLS
    wrongName, ///< the certificate is of another host
    closed,    ///< by the peer, without a word
    other,
};

/// TLS to one endpoint, by Poco's NetSSL. That and OpenSSL are loaded with a library of our own (poco_tls/) when an
/// endpoint wants TLS: they are a third of a start, and most engines are on this host.
///
/// Any thread.
class Tls
{
public:
    Tls() = default;
    virtual ~Tls() = default;
    Tls(const Tls&) = delete;
    Tls& operator=(const Tls&) = delete;

    /// `plain`, which is connected and guarded by `guard`, after the handshake with `host`. Throws Poco exceptions.
    virtual Poco::Net::StreamSocket over(const Poco::Net::StreamSocket& plain, const std::string& host,
                                         const std::shared_ptr<SocketGuard>& guard) const = 0;
    virtual TlsFailure failureOf(const Poco::Exception& error) const = 0;
};

/// The TLS settings of an endpoint that has them: TLS 1.2 or newer, and strict checks of the engine's certificate and
/// name unless the endpoint says otherwise.
///
/// Throws EndpointError, with the file's name: missing or unreadable file, no PEM, an encrypted key, or a key that does
/// not belong to the certificate (OpenSSL itself would notice that only as "certificate required" during a request).
std::shared_ptr<const Tls> makeTls(const Endpoint& endpoint);

}
