#pragma once

#include <compare>
#include <string>
#include <utility>

namespace mcpctl
{

/// A name that cannot be taken for a name of another kind. Ordered, so that it can be a map's key.
template <typename Kind>
struct Name
{
    std::string text;

    Name() = default;
    explicit Name(std::string value) : text(std::move(value)) {}
    auto operator<=>(const Name&) const = default;
    bool operator==(const Name&) const = default;
    bool empty() const { return text.empty(); }
};

/// `metadata.name` of a McpServer manifest.
using ServerName = Name<struct ServerNameKind>;
/// `metadata.name` of a Profile manifest.
using ProfileName = Name<struct ProfileNameKind>;
/// The full name of an instance, as it is called on the engine: `PROJECT-PROFILE-INSTANCE`.
using InstanceName = Name<struct InstanceNameKind>;
/// A network as it is called on the engine: `mcpctl-network`, or `PROJECT-NAME` for a declared one.
using NetworkName = Name<struct NetworkNameKind>;
/// What `--project` says: the scope that owns and prunes.
using ProjectName = Name<struct ProjectNameKind>;

}
