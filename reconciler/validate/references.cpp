#include "validate/references.h"

#include "model/subnet.h"
#include "validate/policy_rules.h"

namespace mcpctl
{

namespace
{

constexpr std::size_t longestFullName = 63; // of a DNS label, and what every engine takes

/// What is declared, be it valid or not: whoever mistyped a name meant one of these.
template <typename Manifest>
std::vector<std::string> namesOf(const std::map<std::string, Manifest>& manifests, const Catalog& catalog,
                                 const std::string& kind)
{
    std::set<std::string> names;
    if (const auto broken = catalog.broken.find(kind); broken != catalog.broken.end())
        names = broken->second;
    for (const auto& [name, manifest] : manifests)
        names.insert(name);
    names.erase("");
    return {names.begin(), names.end()};
}

class ReferenceChecker
{
public:
    ReferenceChecker(const Catalog& catalog, const ProjectName& project)
        : catalog_(catalog), project_(project), serverNames_(namesOf(catalog.servers, catalog, "McpServer")),
          networkNames_(namesOf(catalog.networks, catalog, "Network"))
    {
        networkNames_.emplace_back(sharedNetwork);
    }

    Diagnostics check()
    {
        for (const auto& [name, network] : catalog_.networks)
            checkNetworkName(network);
        checkSubnets();
        for (const auto& [name, profile] : catalog_.profiles)
            checkProfile(profile);
        return std::move(found_);
    }

private:
    void fail(const SourcePos& place, std::string rule, std::string message, std::string hint = {},
              std::vector<SourcePos> see = {})
    {
        found_.push_back(makeError(place, std::move(rule), std::move(message), std::move(hint), std::move(see)));
    }

    void checkNetworkName(const NetworkManifest& network)
    {
        if (network.name == "ingress" || network.name == sharedNetwork || bypassesNetworks(network.name))
            fail(network.place, "reserved-name", "a network cannot be called " + quoted(network.name),
                 network.name == sharedNetwork ? "it exists without being declared" : "");
        else if (project_.text + "-" + network.name == sharedNetwork)
            fail(network.place, "reserved-name",
                 "network " + quoted(network.name) + " of project " + quoted(project_.text) + " would be called " +
                     quoted(sharedNetwork) + " on the engine",
                 "that network is shared by all projects; give this one another name");
    }

    void checkSubnets()
    {
        std::map<std::uint32_t, std::pair<Subnet, const NetworkManifest*>> byAddress;
        for (const auto& [name, network] : catalog_.networks)
        {
            const auto subnet = network.subnet ? parseSubnet(network.subnet->text) : std::nullopt;
            if (!subnet)
                continue;
            // Those kept so far do not overlap, so the only one that can is the last that begins no later
            // than this one ends.
            auto other = byAddress.upper_bound(subnet->last);
            if (other != byAddress.begin() && (--other)->second.first.last >= subnet->first)
                fail(network.subnet->place, "subnet",
                     quoted(network.subnet->text) + " overlaps with network " + quoted(other->second.second->name), "",
                     {other->second.second->subnet->place});
            else
                byAddress.emplace(subnet->first, std::pair(*subnet, &network));
        }
    }

    void checkProfile(const ProfileManifest& profile)
    {
        std::map<std::string, SourcePos> inProfile;
        for (const ProfileEntry& entry : profile.entries)
        {
            if (!catalog_.servers.contains(entry.server.text) && !catalog_.isBroken("McpServer", entry.server.text))
                fail(entry.server.place, "unknown-server", "no McpServer is called " + quoted(entry.server.text),
                     suggest(entry.server.text, serverNames_));
            const auto [first, added] = inProfile.try_emplace(entry.name.text, entry.name.place);
            if (!added)
                fail(entry.name.place, "duplicate-instance",
                     "profile " + quoted(profile.name.text) + " already has an instance " + quoted(entry.name.text),
                     "give each its own `name`", {first->second});
            else
                checkFullName(profile, entry);
        }
        checkAllowedNetworks(profile);
    }

    void checkFullName(const ProfileManifest& profile, const ProfileEntry& entry)
    {
        const std::string name = fullName(project_, profile.name, entry).text;
        if (name.size() > longestFullName)
            fail(entry.name.place, "name-too-long",
                 "the full name " + quoted(name) + " has " + std::to_string(name.size()) + " characters, more than " +
                     std::to_string(longestFullName),
                 "shorten the instance's or the profile's name");
        const auto [first, added] = fullNames_.try_emplace(name, entry.name.place);
        if (!added)
            fail(entry.name.place, "duplicate-instance",
                 "two instances would be called " + quoted(name) + " on the engine",
                 "the dash between profile and instance is a dash of a name elsewhere; rename one of them",
                 {first->second});
    }

    void checkAllowedNetworks(const ProfileManifest& profile)
    {
        if (!profile.allowedNetworks)
            return;
        std::map<std::string, SourcePos> listed;
        for (const Written& network : *profile.allowedNetworks)
        {
            const bool known = network.text == sharedNetwork || catalog_.networks.contains(network.text);
            const auto [first, added] = listed.try_emplace(network.text, network.place);
            if (!added)
                fail(network.place, "duplicate-network", "network " + quoted(network.text) + " is listed twice", "",
                     {first->second});
            // Ways around all networks are the policy's to refuse.
            else if (!known && !bypassesNetworks(network.text) && !catalog_.isBroken("Network", network.text))
                fail(network.place, "unknown-network", "no Network is called " + quoted(network.text),
                     suggest(network.text, networkNames_));
        }
    }

    /// Looking for the nearest name among many costs, and the same mistake is often made again and again.
    std::string suggest(const std::string& name, const std::vector<std::string>& candidates)
    {
        const std::pair key(&candidates, name);
        const auto known = suggestions_.find(key);
        if (known != suggestions_.end())
            return known->second;
        constexpr std::size_t enough = 100;
        return suggestions_.size() < enough ? suggestions_[key] = suggestion(name, candidates) : "";
    }

    const Catalog& catalog_;
    const ProjectName& project_;
    std::vector<std::string> serverNames_;
    std::vector<std::string> networkNames_;
    std::map<std::string, SourcePos> fullNames_;
    std::map<std::pair<const std::vector<std::string>*, std::string>, std::string> suggestions_;
    Diagnostics found_;
};

}

InstanceName fullName(const ProjectName& project, const ProfileName& profile, const ProfileEntry& entry)
{
    return InstanceName(project.text + "-" + profile.text + "-" + entry.name.text);
}

Diagnostics checkReferences(const Catalog& catalog, const ProjectName& project)
{
    return ReferenceChecker(catalog, project).check();
}

}
