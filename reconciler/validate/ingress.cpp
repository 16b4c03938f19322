#include "validate/ingress.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace mcpctl
{

namespace
{

std::optional<std::uint16_t> parsePort(std::string_view text)
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

}

std::optional<std::string> normalAddress(const std::string& address)
{
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    for (const int family : {AF_INET, AF_INET6})
        if (::inet_pton(family, address.c_str(), bytes.data()) == 1)
            return ::inet_ntop(family, bytes.data(), text.data(), text.size());
    return std::nullopt;
}

std::optional<Publication> parsePublication(std::string_view text, std::uint16_t targetPort)
{
    const std::size_t colon = text.rfind(':');
    std::string address = "127.0.0.1";
    if (colon != std::string_view::npos)
    {
        address = std::string(text.substr(0, colon));
        if (address.starts_with("[") && address.ends_with("]"))
            address = address.substr(1, address.size() - 2);
        const auto normal = normalAddress(address);
        if (!normal)
            return std::nullopt;
        address = *normal;
    }
    const auto port = parsePort(colon == std::string_view::npos ? text : text.substr(colon + 1));
    if (!port)
        return std::nullopt;
    return Publication{address, *port, targetPort};
}

bool isLoopback(const std::string& address)
{
    in_addr four{};
    if (::inet_pton(AF_INET, address.c_str(), &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return normalAddress(address) == "::1";
}

}
