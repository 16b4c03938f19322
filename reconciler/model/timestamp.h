#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Moments as nanoseconds since the epoch, and as text (RFC 3339, section 5.6).
namespace mcpctl
{

/// From `2026-02-28T09:30:00Z`, `...:00.123456789Z`, `...:00+02:00`. At most nine digits after the point; years 1970
/// to 2261, which is what the nanoseconds can hold. Anything else is nothing.
std::optional<std::int64_t> parseTimestamp(std::string_view text);

/// In UTC and with all nine digits, so that texts sort as the moments do.
std::string formatTimestamp(std::int64_t nanos);

/// By the system's clock.
std::int64_t nowNanos();
/// The same in the unit of databases.
std::int64_t nowMicros();

/// As formatTimestamp(), of microseconds and with six digits; empty for 0, which stands for "not yet".
std::string formatMicros(std::int64_t micros);

}
