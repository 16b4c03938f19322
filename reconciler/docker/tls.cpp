#include "docker/tls.h"

#include "system/own_library.h"

#include <fmt/core.h>

#include <stdexcept>

namespace mcpctl::docker
{

namespace
{

using Make = Tls*(const Endpoint&);

}

std::shared_ptr<const Tls> makeTls(const Endpoint& endpoint)
try
{
    static Make* const make = ownFunction<Make>(MCPCTL_TLS_LIBRARY, "mcpctlMakeTls");
    return std::shared_ptr<const Tls>(make(endpoint));
}
catch (const std::runtime_error& error)
{
    throw EndpointError(fmt::format("TLS to {} (from {}): {}", endpoint.text(), endpoint.origin, error.what()));
}

}
