#include "model/timestamp.h"

#include <fmt/format.h>

#include <chrono>

namespace mcpctl
{

namespace
{

constexpr std::int64_t second = 1'000'000'000;

/// Takes the text apart from its front; once something does not fit, it stays bad.
class Reader
{
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
    bool good() const { return good_; }
    bool done() const { return good_ && rest_.empty(); }

    void expect(char c)
    {
        good_ = good_ && at(c);
        if (good_)
            rest_.remove_prefix(1);
    }

    int number(std::size_t digits, int first, int last)
    {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i)
            value = value * 10 + digit();
        good_ = good_ && value >= first && value <= last;
        return value;
    }

    /// `.123` as nanoseconds.
    std::int64_t fraction()
    {
        expect('.');
        std::int64_t value = 0;
        std::int64_t unit = second;
        do
        {
            unit /= 10;
            value += digit() * unit;
        } while (good_ && unit > 1 && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9');
        return value;
    }

private:
    int digit()
    {
        good_ = good_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
        if (!good_)
            return 0;
        const int value = rest_.front() - '0';
        rest_.remove_prefix(1);
        return value;
    }

    std::string_view rest_;
    bool good_ = true;
};

/// `Z` or `+02:00`, in seconds to be taken away.
std::int64_t offset(Reader& reader)
{
    if (reader.at('Z') || reader.at('z'))
    {
        reader.expect(reader.at('Z') ? 'Z' : 'z');
        return 0;
    }
    const bool behind = reader.at('-');
    reader.expect(behind ? '-' : '+');
    const int hours = reader.number(2, 0, 23);
    reader.expect(':');
    const int minutes = reader.number(2, 0, 59);
    return (behind ? -60 : 60) * (hours * 60 + minutes);
}

}

std::optional<std::int64_t> parseTimestamp(std::string_view text)
{
    Reader reader(text);
    const std::chrono::year year(reader.number(4, 1970, 2261));
    reader.expect('-');
    const std::chrono::month month(static_cast<unsigned>(reader.number(2, 1, 12)));
    reader.expect('-');
    const std::chrono::year_month_day date(year, month,
                                           std::chrono::day(static_cast<unsigned>(reader.number(2, 1, 31))));
    reader.expect(reader.at('t') ? 't' : 'T');
    const int hours = reader.number(2, 0, 23);
    reader.expect(':');
    const int minutes = reader.number(2, 0, 59);
    reader.expect(':');
    const int seconds = reader.number(2, 0, 60); // 60: a leap second
    const std::int64_t nanos = reader.at('.') ? reader.fraction() : 0;
    const std::int64_t away = offset(reader);
    if (!reader.done() || !date.ok())
        return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return (days * 86400 + hours * 3600 + minutes * 60 + seconds - away) * second + nanos;
}

std::string formatTimestamp(std::int64_t nanos)
{
    const std::chrono::sys_time<std::chrono::nanoseconds> moment{std::chrono::nanoseconds(nanos)};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(moment - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::int64_t nowNanos()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

std::int64_t nowMicros()
{
    return nowNanos() / 1000;
}

std::string formatMicros(std::int64_t micros)
{
    if (micros == 0)
        return "";
    auto text = formatTimestamp(micros * 1000);
    return text.erase(text.size() - 4, 3);
}

}
