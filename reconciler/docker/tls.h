#pragma once

#include "docker/endpoint.h"

#include <Poco/Net/Context.h>

namespace mcpctl::docker
{

/// The TLS settings of an endpoint that has them: TLS 1.2 or newer, and strict checks of the engine's certificate and
/// name unless the endpoint says otherwise.
///
/// Throws EndpointError, with the file's name: missing or unreadable file, no PEM, an encrypted key, or a key that does
/// not belong to the certificate (OpenSSL itself would notice that only as "certificate required" during a request).
Poco::Net::Context::Ptr makeTlsContext(const Endpoint& endpoint);

}
