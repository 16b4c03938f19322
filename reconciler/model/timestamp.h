#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mcpctl
{

/// Microseconds since the epoch, UTC, by the system's clock.
std::int64_t nowMicros();

/// `2026-03-01T09:30:00.123456Z` (RFC 3339); empty for 0, which stands for "not yet".
std::string formatTimestamp(std::int64_t micros);

/// Reads RFC 3339, with any offset and up to nine digits of a second (below a microsecond they are cut).
std::optional<std::int64_t> parseTimestamp(std::string_view text);

}
