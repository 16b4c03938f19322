#include "model/timestamp.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace mcpctl
{

namespace
{

constexpr std::int64_t second = 1'000'000;

/// Takes texts apart from the left; once something does not fit, nothing does.
struct Reader
{
    std::string_view rest;
    bool good = true;

    int number(std::size_t digits)
    {
        int value = 0;
        good = good && rest.size() >= digits;
        if (good)
        {
            const auto [end, error] = std::from_chars(rest.data(), rest.data() + digits, value);
            good = error == std::errc() && end == rest.data() + digits && rest.front() != '-';
            rest.remove_prefix(digits);
        }
        return value;
    }
    char oneOf(std::string_view allowed)
    {
        good = good && !rest.empty() && allowed.find(rest.front()) != std::string_view::npos;
        if (!good)
            return '\0';
        const char c = rest.front();
        rest.remove_prefix(1);
        return c;
    }
};

std::int64_t fraction(Reader& reader)
{
    if (reader.rest.empty() || reader.rest.front() != '.')
        return 0;
    reader.rest.remove_prefix(1);
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; !reader.rest.empty() && reader.rest.front() >= '0' && reader.rest.front() <= '9'; ++digits)
    {
        if (digits < 6)
            value = value * 10 + (reader.rest.front() - '0');
        reader.rest.remove_prefix(1);
    }
    reader.good = reader.good && digits >= 1 && digits <= 9;
    for (; digits < 6; ++digits)
        value *= 10;
    return value;
}

/// Seconds east of UTC.
std::int64_t offset(Reader& reader)
{
    const char sign = reader.oneOf("Zz+-");
    if (sign != '+' && sign != '-')
        return 0;
    const int hours = reader.number(2);
    reader.oneOf(":");
    const int minutes = reader.number(2);
    reader.good = reader.good && hours < 24 && minutes < 60;
    return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}

std::int64_t nowMicros()
{
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

std::string formatTimestamp(std::int64_t micros)
{
    if (micros == 0)
        return "";
    const auto part = (micros % second + second) % second;
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(static_cast<std::time_t>((micros - part) / second)),
                       part);
}

std::optional<std::int64_t> parseTimestamp(std::string_view text)
{
    Reader in{text};
    const int year = in.number(4);
    in.oneOf("-");
    const int month = in.number(2);
    in.oneOf("-");
    const int day = in.number(2);
    in.oneOf("Tt ");
    const int hour = in.number(2);
    in.oneOf(":");
    const int minute = in.number(2);
    in.oneOf(":");
    const int seconds = in.number(2);
    const auto micros = fraction(in);
    const auto east = offset(in);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!in.good || !in.rest.empty() || !date.ok() || hour > 23 || minute > 59 || seconds > 60)
        return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return (days * 86400 + hour * 3600 + minute * 60 + seconds - east) * second + micros;
}

}
