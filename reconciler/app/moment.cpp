#include "app/moment.h"

#include "app/pipeline.h"
#include "model/quantity.h"
#include "model/timestamp.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

std::int64_t parseMoment(const std::string& text, const std::string& option, std::int64_t nowNanos)
{
    if (const auto before = parseDuration(text))
        return std::max(nowNanos - before->count(), std::int64_t{0});
    if (const auto moment = parseTimestamp(text))
        return *moment;
    throw UsageError(
        fmt::format("{} {} is neither a duration, as 10m, nor a time, as 2026-02-28T09:30:00Z", option, text));
}

}
