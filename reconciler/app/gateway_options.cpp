#include "app/gateway_options.h"

#include "docker/endpoint.h"
#include "docker/environment.h"
#include "model/subnet.h"
#include "validate/gateways.h"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <ifaddrs.h>

#include <charconv>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

namespace mcpctl
{

namespace
{

std::vector<std::string> split(const std::string& text)
{
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, ',');)
        if (!part.empty())
            parts.push_back(part);
    return parts;
}

std::optional<std::uint32_t> parseAddress(const std::string& text)
{
    in_addr address{};
    return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ? std::optional(ntohl(address.s_addr)) : std::nullopt;
}

/// `9.9.9.9:53` from that or from `9.9.9.9`; empty where it is neither, or of a loopback.
std::string nameServer(const std::string& text)
{
    const auto colon = std::min(text.find(':'), text.size());
    const auto address = parseAddress(text.substr(0, colon));
    unsigned port = 53;
    if (colon < text.size())
    {
        const auto [end, error] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
        if (error != std::errc() || end != text.data() + text.size())
            return "";
    }
    const bool good = address && *address >> 24 != 127 && *address != 0 && port >= 1 && port <= 65535;
    return good ? fmt::format("{}:{}", addressText(*address), port) : "";
}

/// Addresses that no gateway takes for outside anyway need not be known.
bool isPublic(std::uint32_t address)
{
    static const std::set<std::string> others{"10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
                                              "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"};
    for (const auto& cidr : others)
        if (overlap(parseSubnet(cidr).value(), {address, address}))
            return false;
    return true;
}

std::set<std::string> addressesOfThisHost()
{
    std::set<std::string> out;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0)
        return out;
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
    for (const auto* each = list; each != nullptr; each = each->ifa_next)
    {
        if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET)
            continue;
        const auto address = ntohl(reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr.s_addr); // NOLINT
        if (isPublic(address))
            out.insert(addressText(address));
    }
    return out;
}

}

GatewayOptions gatewayOptions(const GlobalOptions& global)
{
    GatewayOptions options;
    options.image = global.gatewayImage.value_or(options.image);
    options.networkPool = global.networkPool.value_or(options.networkPool);
    std::set<std::string> refused;
    for (const auto& address : split(global.egressRefuse.value_or("")))
        refused.insert(address);
    for (const auto& server : split(global.egressDns.value_or("")))
        options.nameServers.push_back(nameServer(server));
    bool local = false;
    try
    {
        const auto endpoint = docker::resolveEndpoint(global.host, docker::Environment::ofProcess());
        if (endpoint.isOnThisHost())
        {
            local = true;
            if (options.nameServers.empty())
                options.nameServers = nameServersIn({"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"});
        }
        else if (parseAddress(endpoint.host))
            refused.insert(endpoint.host);
    }
    catch (const docker::EndpointError&)
    {
        // Checking manifests needs no engine; whoever acts is told of it there.
    }
    options.hostAddresses = [refused, local]
    {
        auto all = local ? addressesOfThisHost() : std::set<std::string>();
        all.insert(refused.begin(), refused.end());
        return std::vector<std::string>(all.begin(), all.end());
    };
    return options;
}

std::vector<std::string> nameServersIn(const std::vector<std::filesystem::path>& files)
{
    for (const auto& file : files)
    {
        std::vector<std::string> servers;
        std::ifstream in(file);
        for (std::string line; std::getline(in, line);)
        {
            std::istringstream words(line);
            std::string word;
            std::string address;
            if (words >> word >> address && word == "nameserver")
                if (const auto server = nameServer(address); !server.empty())
                    servers.push_back(server);
        }
        if (!servers.empty())
            return servers;
    }
    return {};
}

std::string complaintAboutNameServers(const std::string& text)
{
    for (const auto& server : split(text))
        if (nameServer(server).empty())
            return server + " is no IPv4 address, or ADDRESS:PORT, that the gateway could reach";
    return split(text).empty() ? "it names no address" : "";
}

std::string complaintAboutAddresses(const std::string& text)
{
    for (const auto& each : split(text))
        if (!parseAddress(each) && !parseSubnet(each))
            return each + " is neither an IPv4 address nor a network as 192.0.2.0/24";
    return "";
}

std::string complaintAboutPool(const std::string& text)
{
    const auto pool = parseSubnet(text);
    return pool && pool->last - pool->first >= 7 ? "" : text + " is no IPv4 network of at least 8 addresses";
}

}
