#include "app/age.h"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeParser.h>
#include <Poco/Timestamp.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace mcpctl
{

std::string ageOf(const std::string& time)
{
    Poco::DateTime then;
    int zone = 0;
    if (!Poco::DateTimeParser::tryParse(Poco::DateTimeFormat::ISO8601_FRAC_FORMAT, time, then, zone))
        return "";
    const auto seconds = std::max<std::int64_t>(0, (Poco::Timestamp() - then.timestamp()) / 1'000'000);
    if (seconds >= 86400)
        return fmt::format("{}d{}h", seconds / 86400, seconds % 86400 / 3600);
    if (seconds >= 3600)
        return fmt::format("{}h{}m", seconds / 3600, seconds % 3600 / 60);
    return seconds >= 60 ? fmt::format("{}m{}s", seconds / 60, seconds % 60) : fmt::format("{}s", seconds);
}

}
