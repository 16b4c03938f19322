#pragma once

#include "app/daemon_state.h"
#include "model/outcome.h"

#include <Poco/JSON/Object.h>

#include <string>
#include <string_view>

/// What the daemon tells of itself (docs/http-api.md).
namespace mcpctl
{

std::string_view toString(PassSummary::Result result);

Poco::JSON::Object::Ptr toJson(const PassSummary& pass);
Poco::JSON::Object::Ptr toJson(const Outcome& outcome);
Poco::JSON::Object::Ptr toJson(const DaemonState& state);

/// One instance, with what is to be done to it. Null for one that is neither there nor in the plan.
Poco::JSON::Object::Ptr instanceDocument(const DaemonState& state, const std::string& name);

}
