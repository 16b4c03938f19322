#include "app/log.h"

#include "app/report.h"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

std::string_view toString(LogLevel level)
{
    switch (level)
    {
    case LogLevel::error:
        return "error";
    case LogLevel::warning:
        return "warning";
    case LogLevel::info:
        return "info";
    case LogLevel::debug:
        return "debug";
    }
    return "";
}

Log::Log(LogLevel most, Sink sink) : most_(most), sink_(sink ? std::move(sink) : Sink(say)) {}

void Log::write(LogLevel level, std::string_view text) const
{
    if (level > most_)
        return;
    std::string shown(text);
    std::replace_if(
        shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    sink_(fmt::format("{} {:7} {}\n",
                      Poco::DateTimeFormatter::format(Poco::Timestamp(), Poco::DateTimeFormat::ISO8601_FRAC_FORMAT),
                      toString(level), shown));
}

}
