#pragma once

#include <cstdint>
#include <string>

namespace mcpctl
{

/// A moment as an option gives it: RFC 3339, or a duration before `nowNanos` as `10m`. Nanoseconds since the epoch.
/// Throws UsageError that names `option`.
std::int64_t parseMoment(const std::string& text, const std::string& option, std::int64_t nowNanos);

}
