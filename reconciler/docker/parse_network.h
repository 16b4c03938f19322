#pragma once

#include "docker/json_view.h"
#include "model/observed_state.h"

#include <Poco/JSON/Object.h>

#include <string>

/// Networks to JSON and back. Pure. Source: Engine API 1.41, NetworkCreate and NetworkInspect.
namespace mcpctl::docker
{

/// Body of POST /networks/create.
Poco::JSON::Object networkBody(const NetworkSpec& network);

/// One item of GET /networks, or the answer of GET /networks/ID. `spec.owner` is the project that its label names;
/// `spec.subnet` is what is in force, also where nobody asked for it. Throws OrchestratorError on nonsense.
ObservedNetwork parseNetwork(const JsonView& json);

/// What keeps `found` from being `wanted`, one clause for each; empty when it will do. A subnet that is not wanted in
/// particular may be any.
std::string differences(const NetworkSpec& wanted, const NetworkSpec& found);

}
