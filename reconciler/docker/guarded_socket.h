#pragma once

#include "docker/endpoint.h"
#include "docker/socket_guard.h"
#include "docker/tls.h"

#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <memory>

namespace mcpctl::docker
{

/// A connected stream to the endpoint, close-on-exec, with the TLS handshake done where `tls` is set.
/// Throws Poco exceptions; those of the handshake, Tls::failureOf() knows.
Poco::Net::StreamSocket connectGuarded(const Endpoint& endpoint, const Tls* tls, std::chrono::milliseconds timeout,
                                       const std::shared_ptr<SocketGuard>& guard);

}
