#pragma once

#include "docker/json_view.h"
#include "model/server_spec.h"

#include <map>
#include <string>

namespace mcpctl::docker
{

/// The answer of GET /images/REFERENCE/json. Throws OrchestratorError (failed) on nonsense.
ImageInfo parseImage(const JsonView& inspection);

/// `["NAME=value", ...]`. An item without `=` takes a variable away, so it is none; of two of one name the last counts.
std::map<std::string, std::string> parseEnvironment(const JsonView& list);

}
