#pragma once

#include "docker/endpoint.h"

#include <optional>
#include <string>

namespace mcpctl::docker
{

/// What a docker context says about its engine, before it is understood.
struct ContextEndpoint
{
    std::string host{};
    std::optional<TlsFiles> tls{};
    bool verify = true;
};

/// The `docker` endpoint of a context in docker's config folder: contexts/meta/ID/meta.json and the TLS files in
/// contexts/tls/ID/docker/, where ID is the SHA-256 of the name. Throws EndpointError: no such context, unreadable, no
/// docker endpoint. Source: docker/cli `cli/context/store`.
ContextEndpoint readContext(const std::string& name, const Environment& environment);

}
