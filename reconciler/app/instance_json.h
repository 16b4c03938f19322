#pragma once

#include "model/mcp_status.h"
#include "model/observed_state.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

/// Instances as `status` and the daemon tell of them (docs/json.md).
namespace mcpctl
{

/// The engine's own check where there is one, else what the state says; `-` where neither does.
std::string healthText(const ObservedInstance& instance);

/// `probe` is null where nobody asked the server.
Poco::JSON::Object::Ptr toJson(const ObservedInstance& instance, const ProbeResult* probe);

/// Of those that one could take for ours, and why they are not.
Poco::JSON::Array::Ptr toJson(const std::vector<Foreign>& unmanaged);

}
