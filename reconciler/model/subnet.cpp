#include "model/subnet.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace mcpctl
{

namespace
{

/// The number at the start of `text`, which is then the rest behind it and `separator`.
std::optional<std::uint32_t> takeNumber(std::string_view& text, char separator, std::uint32_t most)
{
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number > most)
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (separator == '\0')
        return text.empty() ? std::optional(number) : std::nullopt;
    if (!text.starts_with(separator))
        return std::nullopt;
    text.remove_prefix(1);
    return number;
}

}

std::optional<Subnet> parseSubnet(const std::string& text)
{
    std::string_view rest = text;
    std::uint32_t address = 0;
    for (const char separator : {'.', '.', '.', '/'})
    {
        const auto number = takeNumber(rest, separator, 255);
        if (!number)
            return std::nullopt;
        address = address << 8 | *number;
    }
    const auto prefix = takeNumber(rest, '\0', 30);
    if (!prefix || *prefix < 8)
        return std::nullopt;
    const std::uint32_t behind = 0xFFFFFFFFu >> *prefix;
    if ((address & behind) != 0)
        return std::nullopt;
    return Subnet{address, address | behind};
}

std::string toString(const Subnet& subnet)
{
    int prefix = 32;
    for (auto size = subnet.last - subnet.first; size > 0; size >>= 1)
        --prefix;
    return fmt::format("{}/{}", addressText(subnet.first), prefix);
}

std::string addressText(std::uint32_t address)
{
    return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

bool overlap(const Subnet& left, const Subnet& right)
{
    return left.first <= right.last && right.first <= left.last;
}

}
