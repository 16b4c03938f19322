#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mcpctl
{

/// An IPv4 network as a range of addresses.
struct Subnet
{
    std::uint32_t first = 0;
    std::uint32_t last = 0;
};

/// From `10.89.0.0/24`. Nothing where there are bits behind the prefix, or fewer than 4 addresses.
std::optional<Subnet> parseSubnet(const std::string& text);

/// As parseSubnet() reads it.
std::string toString(const Subnet& subnet);

/// `10.89.0.1`
std::string addressText(std::uint32_t address);

bool overlap(const Subnet& left, const Subnet& right);

}
