#pragma once

#include "validate/catalog.h"

namespace mcpctl
{

/// Reads a document of kind McpServer that obeys its schema. Errors are what a schema cannot say: those
/// of limits.h, parameters.h and templates.h, `no-meaning` (a field that does nothing beside the
/// others), `duplicate-mount`, `duration`, `publish`.
Found<ServerManifest> readServer(const Document& document);

/// Reads one value of `envTemplate` or of a profile's `env`. Errors: those of templates.h.
Found<WrittenEnv> readEnvValue(const Node& value, const std::set<std::string>& parameters);

}
