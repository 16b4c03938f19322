#pragma once

#include "model/desired_state.h"
#include "model/diagnostic.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>

// How a server is reached from its host. On an internal network nothing can be published, so a published
// server is also put on an ordinary bridge, which opens a way out. All that follows from that stands
// here, so that a gateway can take its place.

namespace mcpctl
{

/// From `127.0.0.1:8931`, `[::1]:8931` or `8931` (then on 127.0.0.1); the address in its normal form.
/// Nothing where an address is not numeric or the port is not in 1..65535.
std::optional<Publication> parsePublication(std::string_view text, std::uint16_t targetPort);

/// A numeric address in its normal form; never a name, never an octal number.
std::optional<std::string> normalAddress(const std::string& address);

/// Whether only this host reaches `address`.
bool isLoopback(const std::string& address);

/// The bridge on which the published servers of a project are.
NetworkSpec ingressNetwork(const ProjectName& project);

/// `spec` with everything that `publication` needs. `aliases` are its names on the bridge.
ServerSpec withIngress(ServerSpec spec, const Publication& publication, const ProjectName& project,
                       const std::set<std::string>& aliases);

/// Says what publishing costs; `place` is that of `publish`.
Diagnostic ingressWarning(const SourcePos& place);

}
