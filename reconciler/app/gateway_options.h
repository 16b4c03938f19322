#pragma once

#include "app/options.h"

#include <filesystem>
#include <string>
#include <vector>

namespace mcpctl
{

struct GatewayOptions;

/// What the gateways have to know of the world: the options, and where those are silent, what this machine says:
/// its resolver's name servers and its public addresses, if the engine is on it. Asks no engine.
GatewayOptions gatewayOptions(const GlobalOptions& global);

/// The name servers of a resolv.conf, as ADDRESS:PORT, those of the loopback left out: within a container that is
/// the container's own. Of the first of `files` that has any.
std::vector<std::string> nameServersIn(const std::vector<std::filesystem::path>& files);

/// What is wrong with the value of an option; empty: nothing.
std::string complaintAboutNameServers(const std::string& text);
std::string complaintAboutAddresses(const std::string& text);
std::string complaintAboutPool(const std::string& text);

}
