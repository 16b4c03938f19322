#pragma once

#include "validate/catalog.h"

namespace mcpctl
{

/// Reads a document of kind Profile that obeys its schema. Errors: those of parseLimits.
Found<ProfileManifest> readProfile(const Document& document);

/// Reads a document of kind Network that obeys its schema. Error `subnet`: it is none.
Found<NetworkManifest> readNetwork(const Document& document);

/// Reads a document of kind SecurityPolicy that obeys its schema.
PolicyManifest readPolicy(const Document& document);

}
