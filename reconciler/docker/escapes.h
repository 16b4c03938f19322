#pragma once

#include "docker/json_view.h"

#include <set>
#include <string>

namespace mcpctl::docker
{

/// Set to 0 in every container: one on two networks would be a way from one to the other, for an engine's containers
/// forward as its host does.
inline constexpr std::string_view forwardingSysctl = "net.ipv4.ip_forward";

bool refusesToForward(const JsonView& hostConfig);

/// The ways out of isolation that a container has been given, by the `HostConfig` of its inspection, each as a short
/// stable word: `privileged`, `host-network`, `device /dev/kvm`, `seccomp-unconfined`, ... mcpctl asks for none of
/// them, so a container that it made has none.
///
/// What the engine sets by itself (`MaskedPaths`, the default profiles) is no way out. An unknown security option is
/// one.
std::set<std::string> findEscapes(const JsonView& hostConfig);

/// Does the engine keep the processes of this container from gaining privileges by setuid programs?
bool hasNoNewPrivileges(const JsonView& hostConfig);

/// The capabilities that are left, without `CAP_`: what was added after dropping all, or else the engine's default set
/// less what was dropped and with what was added.
std::set<std::string> leftCapabilities(const JsonView& hostConfig);

}
