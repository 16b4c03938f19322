#pragma once

#include "model/mcp_status.h"

#include <Poco/JSON/Object.h>

#include <optional>

namespace mcpctl
{

/// `{state, era, name, version, protocol, tools, detail}` (docs/json.md).
Poco::JSON::Object::Ptr toJson(const ProbeResult& result);

/// What toJson() wrote. Nothing for null and for other texts. Throws Poco::Exception for members of other types.
std::optional<ProbeResult> probeResultOf(const Poco::JSON::Object::Ptr& json);

}
