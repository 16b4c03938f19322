#include "validate/read_profile.h"

#include "model/subnet.h"
#include "validate/egress_list.h"

namespace mcpctl
{

namespace
{

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
    auto egress = readEgress(spec["egress"]["allow"]);
    profile.egress = std::move(egress.value);
    found.diagnostics.insert(found.diagnostics.end(), egress.diagnostics.begin(), egress.diagnostics.end());
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

}
