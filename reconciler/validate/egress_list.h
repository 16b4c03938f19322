#pragma once

#include "validate/catalog.h"

namespace mcpctl
{

/// Reads an `egress.allow` that obeys its schema; nothing where it is absent. Errors: `egress-form`,
/// `egress-address` for one that no list can open, `duplicate-egress`, and `egress-port` where a port would
/// have two meanings. Warning `egress-address-unused`: no name of that port could lead to the address.
Found<std::vector<EgressTarget>> readEgress(const Node& list);

}
