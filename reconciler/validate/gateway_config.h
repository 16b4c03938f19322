#pragma once

#include "model/server_spec.h"
#include "validate/catalog.h"

#include <map>
#include <string>
#include <vector>

/// The configurations of the gateways: text for haproxy 2.6 and newer, made so that no value can be taken
/// for a word of it. Subnets stand in it as placeholders (model/gateways.h).
namespace mcpctl
{

constexpr std::uint16_t gatewayCheckPort = 65535; ///< answers whoever asks whether the gateway is there

/// One server with a list of its own.
struct EgressClient
{
    InstanceName instance;
    std::vector<EgressTarget> targets;
};

/// One published server.
struct IngressClient
{
    InstanceName instance;
    std::string alias;            ///< its name on the network that it has with the gateway
    std::uint16_t serverPort = 0; ///< where it listens
    Publication publication;      ///< targetPort: the gateway's
};

/// What the egress gateway must know besides the lists.
struct EgressSurroundings
{
    std::vector<std::string> nameServers;   ///< ADDRESS:PORT
    std::vector<std::string> hostAddresses; ///< of the engine's host: guarded as private ones are
    std::vector<NetworkName> ownNetworks;   ///< never reached, whatever is listed
};

/// Addresses that no list can open: they lead to the gateway itself, or to many.
bool isNeverReached(std::uint32_t address);

/// Each attempt to get through leaves one line in the log, as egress_log.h reads it.
std::string egressConfig(const std::vector<EgressClient>& clients, const EgressSurroundings& surroundings);

std::string ingressConfig(const std::vector<IngressClient>& clients, const NetworkName& outside);

/// From a text that ingressConfig() made: instance -> the gateway's port that leads to it.
std::map<std::string, std::uint16_t> ingressPorts(const std::string& config);

}
