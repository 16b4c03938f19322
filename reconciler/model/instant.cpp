#include "model/instant.h"

#include <fmt/format.h>

#include <chrono>

namespace mcpctl
{

namespace
{

constexpr std::int64_t billion = 1'000'000'000;

/// Reads from the front, and remembers whether all was as it should be.
class Scanner
{
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    int digits(std::size_t count)
    {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i)
        {
            const char c = next();
            good_ = good_ && c >= '0' && c <= '9';
            value = value * 10 + (c - '0');
        }
        return value;
    }

    void expect(char upper, char lower = '\0')
    {
        const char c = next();
        good_ = good_ && (c == upper || (lower != '\0' && c == lower));
    }

    bool at(char wanted) const { return !text_.empty() && text_.front() == wanted; }
    bool atDigit() const { return !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; }
    bool goodEnd() const { return good_ && text_.empty(); }

private:
    char next()
    {
        if (text_.empty())
            return '\0';
        const char c = text_.front();
        text_.remove_prefix(1);
        return c;
    }

    std::string_view text_;
    bool good_ = true;
};

std::int64_t fraction(Scanner& in)
{
    if (!in.at('.'))
        return 0;
    in.expect('.');
    std::int64_t nanos = in.digits(1) * (billion / 10);
    for (std::int64_t unit = billion / 100; in.atDigit(); unit /= 10)
        nanos += in.digits(1) * unit;
    return nanos;
}

/// Seconds east of Greenwich.
std::int64_t offset(Scanner& in)
{
    if (!in.at('+') && !in.at('-'))
    {
        in.expect('Z', 'z');
        return 0;
    }
    const int sign = in.at('+') ? 1 : -1;
    in.expect('+', '-');
    const int hours = in.digits(2);
    in.expect(':');
    return sign * (hours * 3600 + in.digits(2) * 60);
}

}

std::optional<std::int64_t> parseInstant(std::string_view rfc3339)
{
    using namespace std::chrono;
    Scanner in(rfc3339);
    const year y(in.digits(4));
    in.expect('-');
    const month m(static_cast<unsigned>(in.digits(2)));
    in.expect('-');
    const day d(static_cast<unsigned>(in.digits(2)));
    in.expect('T', 't');
    const int hour = in.digits(2);
    in.expect(':');
    const int minute = in.digits(2);
    in.expect(':');
    const int second = in.digits(2);
    const auto nanos = fraction(in);
    const auto zone = offset(in);
    const year_month_day date(y, m, d);
    if (!in.goodEnd() || !date.ok() || y < year(1678) || y > year(2261) || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    const std::int64_t days = sys_days(date).time_since_epoch().count();
    return (((days * 24 + hour) * 60 + minute) * 60 + second - zone) * billion + nanos;
}

std::string formatInstant(std::int64_t nanos)
{
    using namespace std::chrono;
    const sys_time<nanoseconds> time{nanoseconds(nanos)};
    const auto today = floor<days>(time);
    const year_month_day date(today);
    const hh_mm_ss<nanoseconds> clock(time - today);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

}
