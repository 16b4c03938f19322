#include "validate/read_profile.h"

#include <charconv>

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

Found<ProfileEntry> readEntry(const Node& node)
{
    ProfileEntry entry{{}, {}, true, node["config"], node["env"], {}, node.place()};
    auto limits = parseLimits(node["resources"]);
    entry.server = {node["server"].text(), node["server"].place()};
    entry.name = node["name"] ? Written{node["name"].text(), node["name"].place()} : entry.server;
    entry.enabled = !node["enabled"] || node["enabled"].boolean();
    entry.limits = std::move(limits.value);
    entry.usable = !hasErrors(limits.diagnostics);
    return {std::move(entry), std::move(limits.diagnostics)};
}

}

Found<ProfileManifest> readProfile(const Document& document)
{
    const Node root(document);
    const Node spec = root["spec"];
    Found<ProfileManifest> found;
    auto& profile = found.value;
    profile.name = ProfileName(root["metadata"]["name"].text());
    profile.place = root["metadata"]["name"].place();
    const auto entries = spec["servers"].items();
    profile.entries.reserve(entries.size());
    for (const Node& item : entries)
    {
        auto entry = readEntry(item);
        profile.entries.push_back(std::move(entry.value));
        found.diagnostics.insert(found.diagnostics.end(), entry.diagnostics.begin(), entry.diagnostics.end());
    }
    if (const Node allowed = spec["networks"]["allowed"])
    {
        profile.networksPlace = allowed.place();
        profile.allowedNetworks.emplace();
        for (const Node& item : allowed.items())
            profile.allowedNetworks->push_back({item.text(), item.place()});
    }
    if (const Node allow = spec["egress"]["allow"]; !allow.items().empty())
    {
        profile.egressPlace = allow.place();
        for (const Node& item : allow.items())
            profile.egressTargets.push_back({item.text(), item.place()});
    }
    return found;
}

Found<NetworkManifest> readNetwork(const Document& document)
{
    const Node root(document);
    const Node spec = root["spec"];
    Found<NetworkManifest> found;
    auto& network = found.value;
    network.name = root["metadata"]["name"].text();
    network.place = root["metadata"]["name"].place();
    network.internal = !spec["internal"] || spec["internal"].boolean();
    network.internalPlace = spec["internal"] ? spec["internal"].place() : network.place;
    if (const Node subnet = spec["subnet"])
    {
        network.subnet = {subnet.text(), subnet.place()};
        if (!parseSubnet(subnet.text()))
            found.diagnostics.push_back(
                makeError(subnet.place(), "subnet", quoted(subnet.text()) + " is not an IPv4 network",
                          "write its first address and a prefix of 8 to 30, as `10.89.0.0/24`"));
    }
    return found;
}

PolicyManifest readPolicy(const Document& document)
{
    const Node root(document);
    return {root["metadata"]["name"].text(), root["metadata"]["name"].place(), root["spec"]};
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

}
