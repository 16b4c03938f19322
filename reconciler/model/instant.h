#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mcpctl
{

/// Nanoseconds since the epoch from RFC 3339, as `2026-11-25T19:52:02.123456789Z` or with an offset, `+02:00`.
/// Digits past the ninth are cut. Anything else, and a year outside of 1678..2261, is nothing.
std::optional<std::int64_t> parseInstant(std::string_view rfc3339);

/// RFC 3339 in UTC with nine digits after the point.
std::string formatInstant(std::int64_t nanos);

}
