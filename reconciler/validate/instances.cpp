#include "validate/instances.h"

#include "validate/ingress.h"
#include "validate/instance_builder.h"
#include "validate/references.h"

#include <algorithm>

namespace mcpctl
{

namespace
{

/// Makes one instance after the other and watches that they do not get into each other's way.
class StateMaker
{
public:
    StateMaker(const Catalog& catalog, const ProjectName& project) : catalog_(catalog), project_(project)
    {
        state_.project = project;
    }

    Found<DesiredState> make()
    {
        for (const auto& [name, network] : catalog_.networks)
            declareNetwork(network);
        for (const auto& [name, profile] : catalog_.profiles)
            makeProfile(profile);
        return {std::move(state_), std::move(diagnostics_)};
    }

private:
    void fail(const SourcePos& place, std::string rule, std::string message, std::string hint, const SourcePos& other)
    {
        diagnostics_.push_back(makeError(place, std::move(rule), std::move(message), std::move(hint), {other}));
    }

    NetworkName engineName(const std::string& network) const
    {
        return NetworkName(network == sharedNetwork ? network : project_.text + "-" + network);
    }

    void declareNetwork(const NetworkManifest& network)
    {
        NetworkSpec spec;
        spec.name = engineName(network.name);
        spec.internal = network.internal;
        spec.hostAddress = !network.internal;
        spec.subnet = network.subnet ? network.subnet->text : "";
        spec.owner = project_;
        state_.networks.emplace(spec.name, DesiredNetwork{spec, network.place});
    }

    void useShared()
    {
        NetworkSpec spec;
        spec.name = NetworkName(sharedNetwork);
        state_.networks.emplace(spec.name, DesiredNetwork{spec, {}});
    }

    ProfileNetworks networksOf(const ProfileManifest& profile)
    {
        static const std::vector<Written> byDefault{{sharedNetwork, {}}};
        ProfileNetworks networks;
        for (const Written& network : profile.allowedNetworks.value_or(byDefault))
        {
            const auto declared = catalog_.networks.find(network.text);
            const bool isDeclared = declared != catalog_.networks.end();
            networks.wayOut = networks.wayOut || (isDeclared && !declared->second.internal);
            networks.all.push_back({engineName(network.text), isDeclared});
            if (network.text == sharedNetwork)
                useShared();
        }
        return networks;
    }

    void makeProfile(const ProfileManifest& profile)
    {
        if (profile.egressPlace)
            diagnostics_.push_back(makeWarning(*profile.egressPlace, "egress-not-open",
                                               "this version opens no way out; the servers have none",
                                               "`egress.allow` is kept for a version that does"));
        const ProfileFrame frame{project_, profile, networksOf(profile)};
        for (const ProfileEntry& entry : profile.entries)
        {
            const auto server = catalog_.servers.find(entry.server.text);
            if (server == catalog_.servers.end() || !server->second.usable || !entry.usable)
                continue;
            auto built = buildInstance(server->second, entry, frame);
            diagnostics_.insert(diagnostics_.end(), built.diagnostics.begin(), built.diagnostics.end());
            checkVolumes(built.value);
            checkPublications(built.value);
            checkShortName(built.value, frame.networks);
            state_.instances.emplace(built.value.name, std::move(built.value));
        }
    }

    /// `a-b` with volume `c` and `a` with volume `b-c` would share their data.
    void checkVolumes(const DesiredInstance& instance)
    {
        for (const auto& [path, mount] : instance.spec.mounts)
        {
            if (mount.type != Mount::Type::volume)
                continue;
            const auto [first, added] = volumes_.try_emplace(mount.source, instance.name.text, instance.place);
            if (!added && first->second.first != instance.name.text)
                fail(instance.place, "volume-clash",
                     "a volume of " + quoted(instance.name.text) + " and one of " + quoted(first->second.first) +
                         " would both be called " + quoted(mount.source) + " on the engine",
                     "rename one of the instances or volumes", first->second.second);
        }
    }

    void checkPublications(const DesiredInstance& instance)
    {
        for (const Publication& publication : instance.spec.publications)
        {
            const auto [first, added] =
                publications_.try_emplace({publication.address, publication.hostPort}, instance.place);
            if (!added)
                fail(instance.place, "publish-clash",
                     "two instances would publish " +
                         quoted(publication.address + ":" + std::to_string(publication.hostPort)),
                     "publish a server that one profile runs, or run it through one instance", first->second);
        }
        if (!instance.spec.publications.empty())
        {
            const NetworkSpec network = ingressNetwork(project_);
            state_.networks.emplace(network.name, DesiredNetwork{network, {}});
        }
    }

    /// Two of the same short name on one network answer in turns.
    void checkShortName(const DesiredInstance& instance, const ProfileNetworks& networks)
    {
        for (const auto& network : networks.all)
        {
            if (!network.declared)
                continue;
            const auto [first, added] = shortNames_.try_emplace({network.name, instance.shortName}, instance.place);
            if (!added)
                diagnostics_.push_back(makeWarning(instance.place, "ambiguous-alias",
                                                   "two instances answer to " + quoted(instance.shortName) +
                                                       " on network " + quoted(network.name.text),
                                                   "give one its own `name`, or let clients use the long alias",
                                                   {first->second}));
        }
    }

    const Catalog& catalog_;
    const ProjectName& project_;
    DesiredState state_;
    std::map<std::string, std::pair<std::string, SourcePos>> volumes_;
    std::map<std::pair<std::string, std::uint16_t>, SourcePos> publications_;
    std::map<std::pair<NetworkName, std::string>, SourcePos> shortNames_;
    Diagnostics diagnostics_;
};

}

Found<DesiredState> makeInstances(const Catalog& catalog, const ProjectName& project)
{
    return StateMaker(catalog, project).make();
}

}
