// The rules about networks, and about what leads out of them and into them.
#include "validate/ingress.h"
#include "validate/policy_rules.h"
#include "validate/references.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace mcpctl
{

namespace
{

struct Target
{
    std::string host;
    std::string port;
};

/// From `API.example.com.:443/tcp`: lower case, without the dot of the root; tcp is what goes without saying.
Target targetOf(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    if (text.ends_with("/tcp"))
        text.resize(text.size() - std::string_view("/tcp").size());
    const std::size_t colon = text.rfind(':');
    Target target{text.substr(0, colon), colon == std::string::npos ? "" : text.substr(colon + 1)};
    if (target.host.ends_with("."))
        target.host.pop_back();
    return target;
}

/// Whether `pattern` admits `target`: the same host, or with `*.` in front what is below it.
bool admits(const Target& pattern, const Target& target)
{
    if (pattern.port != target.port)
        return false;
    if (!pattern.host.starts_with("*."))
        return pattern.host == target.host;
    const std::string_view end = std::string_view(pattern.host).substr(1); // with its dot
    return target.host.size() > end.size() && target.host.ends_with(end);
}

bool lists(const std::vector<std::string>& list, const std::string& text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

}

PolicyFindings findHostNetworks(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    PolicyFindings found;
    const auto* profile = subjectAs<ProfileManifest>(subject);
    if (profile == nullptr || !profile->allowedNetworks)
        return found;
    for (const Written& network : *profile->allowedNetworks)
        if (bypassesNetworks(network.text))
            found.push_back({network.place, "network " + quoted(network.text) + " is never given"});
    return found;
}

PolicyFindings findOpenNetworks(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    const auto* network = subjectAs<NetworkManifest>(subject);
    if (network == nullptr || network->internal)
        return {};
    return {{network->internalPlace, "network " + quoted(network->name) + " is not internal"}};
}

PolicyFindings findForeignNetworks(const PolicySubject& subject, const RuleParameters& parameters, const PolicyContext&)
{
    PolicyFindings found;
    const auto* profile = subjectAs<ProfileManifest>(subject);
    if (profile == nullptr)
        return found;
    const std::vector<Written> byDefault{{sharedNetwork, profile->place}};
    for (const Written& network : profile->allowedNetworks.value_or(byDefault))
        if (!lists(parameters.allow, network.text))
            found.push_back({network.place, "network " + quoted(network.text) + " is not among the listed ones"});
    return found;
}

PolicyFindings findForeignTargets(const PolicySubject& subject, const RuleParameters& parameters, const PolicyContext&)
{
    PolicyFindings found;
    const auto* profile = subjectAs<ProfileManifest>(subject);
    if (profile == nullptr)
        return found;
    for (const EgressTarget& target : profile->egress)
    {
        const auto text = target.host + ":" + std::to_string(target.port);
        if (std::none_of(parameters.allow.begin(), parameters.allow.end(),
                         [&](const std::string& pattern) { return admits(targetOf(pattern), targetOf(text)); }))
            found.push_back({target.place, quoted(text) + " is not among the listed targets"});
    }
    return found;
}

PolicyFindings findPublishedAddresses(const PolicySubject& subject, const RuleParameters& parameters,
                                      const PolicyContext&)
{
    const auto* server = subjectAs<ServerManifest>(subject);
    if (server == nullptr || !server->publish || isLoopback(server->publish->address))
        return {};
    const auto& address = server->publish->address;
    if (std::any_of(parameters.allow.begin(), parameters.allow.end(),
                    [&](const std::string& listed) { return normalAddress(listed) == address; }))
        return {};
    return {{placeIn(*server, "publish"), "address " + quoted(address) + " is not one of this host alone"}};
}

bool bypassesNetworks(const std::string& name)
{
    static const std::set<std::string> builtIn{"host", "none", "bridge", "default", "nat"};
    return builtIn.contains(name) || name.starts_with("container:") || name.starts_with("service:") ||
           name.starts_with("ns:");
}

}
