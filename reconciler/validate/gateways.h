#pragma once

#include "model/desired_state.h"
#include "model/diagnostic.h"
#include "validate/catalog.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// The two instances that nobody declares: the egress gateway, which carries the servers' connections to what
/// their profiles list, and the ingress gateway, which has the published ports. Each is there when some server
/// needs it. Both are hardened as servers are, and are planned, compared and healed as servers are.
namespace mcpctl
{

struct GatewayOptions
{
    /// The official image; a newer one, or a digest, is the operator's to choose.
    std::string image = "haproxy:2.6.12-alpine";
    std::vector<std::string> nameServers;      ///< ADDRESS:PORT, for egress; without any it cannot be had
    std::string networkPool = "10.213.0.0/16"; ///< CIDR
    /// Public ones of the engine's host, as far as they are known. Asked when there is a way out: a host has an
    /// interface for each container, and to list them takes a while.
    std::function<std::vector<std::string>()> hostAddresses = [] { return std::vector<std::string>(); };
};

/// One server that needs a gateway. It is on the networks for it already.
struct GatewayClient
{
    InstanceName instance;
    std::vector<EgressTarget> targets;      ///< empty: no way out
    std::optional<Publication> publication; ///< nothing: not published
    std::string alias;                      ///< its name on its ingress network
    std::uint16_t serverPort = 0;
    SourcePos place;
};

/// Adds the gateways and all their networks to `state`. Warning `egress-dns`: no name server is known here, which is
/// no mistake of the manifests; the networks for egress carry the problem, so that nothing is made on them.
Diagnostics addGateways(DesiredState& state, const std::vector<GatewayClient>& clients, const GatewayOptions& options);

}
