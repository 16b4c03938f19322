#pragma once

#include "model/name.h"

#include <string>

/// The names of what is made for gateways. No declared name has a dot, so none of them can be taken.
namespace mcpctl
{

/// Through which the servers of a project reach what is outside.
InstanceName egressGateway(const ProjectName& project);
/// Through which they are reached.
InstanceName ingressGateway(const ProjectName& project);
/// Whether `instance` is one of the two.
bool isGateway(const std::string& instance, const ProjectName& project);

/// The bridge with a way out, on which nothing but gateways is.
NetworkName outsideNetwork(const ProjectName& project);
/// On each is one server and one gateway, and nothing else.
NetworkName egressNetwork(const InstanceName& instance);
NetworkName ingressNetwork(const InstanceName& instance);

/// What stands in a configuration for what is known only when the engine's networks are: the network's
/// subnet, as `10.213.0.8/29`.
std::string subnetPlaceholder(const NetworkName& network);

}
