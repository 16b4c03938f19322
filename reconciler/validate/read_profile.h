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

/// An IPv4 network as a range of addresses.
struct Subnet
{
    std::uint32_t first = 0;
    std::uint32_t last = 0;
};

/// From `10.89.0.0/24`. Nothing where there are bits behind the prefix, or fewer than 4 addresses.
std::optional<Subnet> parseSubnet(const std::string& text);

}
