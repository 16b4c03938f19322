#pragma once

#include "model/server_spec.h"
#include "validate/findings.h"
#include "validate/node.h"

#include <map>
#include <string>

namespace mcpctl
{

/// A limit in its unit (bytes, nanoCPUs, microseconds, a count) and where it was written.
struct WrittenLimit
{
    std::int64_t value = 0;
    SourcePos place;
};

/// Field name (fields.h: `memory`, `cpus`, ...) -> limit; only those that were written.
using Limits = std::map<std::string, WrittenLimit>;

/// Reads `resources` of a server or of a profile's entry; absent: none. Errors: `quantity` (no such
/// amount), `limit` (out of the engine's range, or two ways to say the same).
Found<Limits> parseLimits(const Node& resources);

/// `base` with `over` merged over it. Cpus on one side take period and quota away on the other, for
/// they are two ways to say the same.
Limits mergeLimits(Limits base, const Limits& over);

/// What does not fit together in limits that were merged: `limit`.
Diagnostics checkLimits(const Limits& merged);

/// The limits as they shall hold: defaults where nothing was written.
Resources toResources(const Limits& merged);

}
