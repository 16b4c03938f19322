#pragma once

#include "model/server_spec.h"
#include "model/source.h"

#include <map>
#include <optional>
#include <string>

namespace mcpctl
{

/// A network as it shall be. A plain value; equality is what diff() compares.
struct NetworkSpec
{
    NetworkName name;
    bool internal = true;     ///< no way out
    bool hostAddress = false; ///< whether the host has an address on it (and so can be reached)
    std::string subnet;       ///< CIDR; empty: the engine's choice
    /// The project that owns it; empty for `mcpctl-network`, which all projects of an engine share.
    ProjectName owner;
    bool ipv6 = false; ///< what is said above holds for IPv4; mcpctl makes none with IPv6
    /// How else it is otherwise than mcpctl makes one, in the engine's words: `driver macvlan`. Never asked for.
    std::set<std::string> oddities;

    bool operator==(const NetworkSpec&) const = default;
};

struct DesiredNetwork
{
    NetworkSpec spec;
    SourcePos place;       ///< no place for networks that exist without being declared
    bool fromPool = false; ///< its subnet is taken from the pool, when the engine's networks are known
    std::string problem{}; ///< why it cannot be had; empty: it can
};

/// One server of one profile, ready to run.
struct DesiredInstance
{
    InstanceName name;
    ServerName server;
    ProfileName profile;
    std::string shortName; ///< the instance's name within its profile
    bool enabled = true;   ///< false: declared, kept stopped
    bool pruneDisabled = false;
    PullPolicy pullPolicy = PullPolicy::missing;
    ServerSpec spec;
    SourcePos place; ///< of the entry in the profile
    /// Field name (fields.h) -> where its value was written, for those that were written.
    std::map<std::string, SourcePos> fieldPlaces;

    /// Where `field` was written, else the instance's own place.
    SourcePos placeOf(const std::string& field) const;
};

/// What the manifests declare: valid, complete, within the security policy.
struct DesiredState
{
    ProjectName project;
    std::map<InstanceName, DesiredInstance> instances;
    std::map<NetworkName, DesiredNetwork> networks; ///< those used or declared
    std::string networkPool;                        ///< CIDR from which gateways' networks get their subnets
};

/// 64 hex digits over everything that the manifests declare. Secret values are not part of it.
std::string digestOf(const DesiredState& desired);

}
