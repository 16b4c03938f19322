#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mcpctl
{

/// Bytes from `512Mi`, `1G`, `4g`, `1.5Gi`, `1048576`, ... Binary units (`Ki Mi Gi Ti`, and Docker's
/// `k m g t`, `kb mb gb tb`) count by 1024; `K M G T` by 1000, as in Kubernetes. Exact: an amount
/// that is no whole number of bytes, is negative or does not fit is nothing.
std::optional<std::int64_t> parseBytes(std::string_view text);

/// Billionths of a cpu from `1`, `0.5`, `1.25` or `500m`; exact, at most nine digits after the point.
std::optional<std::int64_t> parseNanoCpus(std::string_view text);

/// From `10s`, `1m30s`, `250ms`, `1h`, `90d` (a day is 24 h). Never negative; a bare number has no
/// unit and is nothing.
std::optional<std::chrono::nanoseconds> parseDuration(std::string_view text);

/// The shortest exact form: `512Mi`, `1500`, `0`.
std::string formatBytes(std::int64_t bytes);
/// `1`, `0.5`.
std::string formatNanoCpus(std::int64_t nanoCpus);
/// `1m30s`, `250ms`, `0s`.
std::string formatDuration(std::chrono::nanoseconds duration);

}
