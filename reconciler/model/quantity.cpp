#include "model/quantity.h"

#include <array>
#include <limits>

namespace mcpctl
{

namespace
{

struct Unit
{
    std::string_view name;
    std::int64_t factor;
};

constexpr std::int64_t kibi = 1024;
constexpr std::int64_t kilo = 1000;

constexpr std::array<Unit, 17> byteUnits{{
    {"", 1},
    {"Ki", kibi},
    {"Mi", kibi* kibi},
    {"Gi", kibi* kibi* kibi},
    {"Ti", kibi* kibi* kibi* kibi},
    {"K", kilo},
    {"M", kilo* kilo},
    {"G", kilo* kilo* kilo},
    {"T", kilo* kilo* kilo* kilo},
    {"k", kibi},
    {"m", kibi* kibi},
    {"g", kibi* kibi* kibi},
    {"t", kibi* kibi* kibi* kibi},
    {"kb", kibi},
    {"mb", kibi* kibi},
    {"gb", kibi* kibi* kibi},
    {"tb", kibi* kibi* kibi* kibi},
}};

// From large to small: a duration is written and read in this order.
constexpr std::array<Unit, 7> durationUnits{{
    {"d", 86'400'000'000'000},
    {"h", 3'600'000'000'000},
    {"m", 60'000'000'000},
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
}};

std::size_t countDigits(std::string_view text)
{
    std::size_t count = 0;
    while (count < text.size() && text[count] >= '0' && text[count] <= '9')
        ++count;
    return count;
}

std::optional<std::int64_t> sum(std::int64_t a, std::int64_t b)
{
    std::int64_t result = 0;
    if (__builtin_add_overflow(a, b, &result))
        return std::nullopt;
    return result;
}

std::optional<std::int64_t> product(std::int64_t a, std::int64_t b)
{
    std::int64_t result = 0;
    if (__builtin_mul_overflow(a, b, &result))
        return std::nullopt;
    return result;
}

/// `digits` as a number; digits only, at least one.
std::optional<std::int64_t> parseDigits(std::string_view digits)
{
    if (digits.empty() || countDigits(digits) != digits.size())
        return std::nullopt;
    std::optional<std::int64_t> value = 0;
    for (const char digit : digits)
    {
        value = product(*value, 10);
        if (value)
            value = sum(*value, digit - '0');
        if (!value)
            return std::nullopt;
    }
    return value;
}

/// 0.`digits` times `factor`, where that is a whole number.
std::optional<std::int64_t> fractionOf(std::string_view digits, std::int64_t factor)
{
    while (!digits.empty() && digits.back() == '0')
        digits.remove_suffix(1);
    // 10^18 * 2^40 fits into 128 bits, so nothing is rounded before the one division.
    __extension__ using Wide = unsigned __int128;
    if (digits.size() > 18)
        return std::nullopt;
    Wide numerator = 0;
    Wide denominator = 1;
    for (const char digit : digits)
    {
        numerator = numerator * 10 + static_cast<unsigned>(digit - '0');
        denominator *= 10;
    }
    numerator *= static_cast<Wide>(factor);
    if (numerator % denominator != 0)
        return std::nullopt;
    return static_cast<std::int64_t>(numerator / denominator);
}

/// `1`, `1.25`, times `factor`; exact or nothing.
std::optional<std::int64_t> parseDecimal(std::string_view text, std::int64_t factor)
{
    const std::size_t wholeLength = countDigits(text);
    const auto whole = parseDigits(text.substr(0, wholeLength));
    if (!whole)
        return std::nullopt;
    const auto scaled = product(*whole, factor);
    if (!scaled || wholeLength == text.size())
        return scaled;
    if (text[wholeLength] != '.')
        return std::nullopt;
    const std::string_view fraction = text.substr(wholeLength + 1);
    if (fraction.empty() || countDigits(fraction) != fraction.size())
        return std::nullopt;
    const auto rest = fractionOf(fraction, factor);
    return rest ? sum(*scaled, *rest) : std::nullopt;
}

}

std::optional<std::int64_t> parseBytes(std::string_view text)
{
    const std::size_t numberLength = text.find_first_not_of("0123456789.");
    const std::string_view number = text.substr(0, numberLength);
    const std::string_view suffix = numberLength == std::string_view::npos ? "" : text.substr(numberLength);
    for (const Unit& unit : byteUnits)
        if (unit.name == suffix)
            return parseDecimal(number, unit.factor);
    return std::nullopt;
}

std::optional<std::int64_t> parseNanoCpus(std::string_view text)
{
    if (!text.empty() && text.back() == 'm')
    {
        const auto milli = parseDigits(text.substr(0, text.size() - 1));
        return milli ? product(*milli, 1'000'000) : std::nullopt;
    }
    return parseDecimal(text, 1'000'000'000);
}

std::optional<std::chrono::nanoseconds> parseDuration(std::string_view text)
{
    if (text.empty())
        return std::nullopt;
    std::int64_t total = 0;
    std::size_t nextUnit = 0; // units only get smaller
    while (!text.empty())
    {
        const std::size_t digits = countDigits(text);
        const auto amount = parseDigits(text.substr(0, digits));
        text.remove_prefix(digits);
        const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
        text.remove_prefix(name.size());
        while (nextUnit < durationUnits.size() && durationUnits[nextUnit].name != name)
            ++nextUnit;
        if (!amount || nextUnit == durationUnits.size())
            return std::nullopt;
        const auto part = product(*amount, durationUnits[nextUnit++].factor);
        const auto next = part ? sum(total, *part) : std::nullopt;
        if (!next)
            return std::nullopt;
        total = *next;
    }
    return std::chrono::nanoseconds(total);
}

std::string formatBytes(std::int64_t bytes)
{
    constexpr std::array<std::string_view, 4> names{"Ki", "Mi", "Gi", "Ti"};
    std::string_view suffix;
    for (const std::string_view name : names)
    {
        if (bytes == 0 || bytes % kibi != 0)
            break;
        bytes /= kibi;
        suffix = name;
    }
    return std::to_string(bytes).append(suffix);
}

std::string formatNanoCpus(std::int64_t nanoCpus)
{
    constexpr std::int64_t one = 1'000'000'000;
    const std::string sign = nanoCpus < 0 ? "-" : "";
    // Not std::abs: the smallest number has no positive twin.
    const auto magnitude =
        nanoCpus < 0 ? 0 - static_cast<std::uint64_t>(nanoCpus) : static_cast<std::uint64_t>(nanoCpus);
    std::string fraction = std::to_string(magnitude % one + one).substr(1);
    while (!fraction.empty() && fraction.back() == '0')
        fraction.pop_back();
    return sign + std::to_string(magnitude / one) + (fraction.empty() ? "" : "." + fraction);
}

std::string formatDuration(std::chrono::nanoseconds duration)
{
    if (duration.count() == 0)
        return "0s";
    std::string text = duration.count() < 0 ? "-" : "";
    auto rest = duration.count() < 0 ? 0 - static_cast<std::uint64_t>(duration.count())
                                     : static_cast<std::uint64_t>(duration.count());
    for (const Unit& unit : durationUnits)
    {
        const auto factor = static_cast<std::uint64_t>(unit.factor);
        if (rest / factor > 0)
            text.append(std::to_string(rest / factor)).append(unit.name);
        rest %= factor;
    }
    return text;
}

}
