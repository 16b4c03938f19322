#include "validate/instances.h"

#include "model/gateways.h"
#include "model/publications.h"
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
    StateMaker(const Catalog& catalog, const ProjectName& project, const GatewayOptions& gateways)
        : catalog_(catalog), project_(project), gateways_(gateways)
    {
        state_.project = project;
        state_.networkPool = gateways.networkPool;
    }

    Found<DesiredState> make()
    {
        for (const auto& [name, network] : catalog_.networks)
            declareNetwork(network);
        for (const auto& [name, profile] : catalog_.profiles)
            makeProfile(profile);
        const auto added = addGateways(state_, clients_, gateways_);
        diagnostics_.insert(diagnostics_.end(), added.begin(), added.end());
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
        networks.egress = std::any_of(profile.egress.begin(), profile.egress.end(),
                                      [](const EgressTarget& target) { return !target.address; });
        return networks;
    }

    void makeProfile(const ProfileManifest& profile)
    {
        const ProfileFrame frame{project_, profile, networksOf(profile)};
        if (frame.networks.egress && frame.networks.wayOut)
            diagnostics_.push_back(makeWarning(profile.egress.front().place, "egress-not-closed",
                                               "a network of this profile leads outside, so the list closes nothing",
                                               "allow the profile internal networks only"));
        for (const ProfileEntry& entry : profile.entries)
        {
            const auto server = catalog_.servers.find(entry.server.text);
            if (server == catalog_.servers.end() || !server->second.usable || !entry.usable)
                continue;
            auto built = buildInstance(server->second, entry, frame);
            diagnostics_.insert(diagnostics_.end(), built.diagnostics.begin(), built.diagnostics.end());
            checkVolumes(built.value);
            noteClient(server->second, built.value, profile);
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

    void noteClient(const ServerManifest& server, const DesiredInstance& instance, const ProfileManifest& profile)
    {
        GatewayClient client{instance.name, {}, std::nullopt, "", instance.spec.transport.port, instance.place};
        if (instance.spec.networks.contains(egressNetwork(instance.name)))
            client.targets = profile.egress;
        if (const auto ingress = instance.spec.networks.find(ingressNetwork(instance.name));
            ingress != instance.spec.networks.end())
        {
            client.publication = server.publish;
            client.alias = *ingress->second.begin();
            checkPublication(client);
        }
        if (!client.targets.empty() || client.publication)
            clients_.push_back(std::move(client));
    }

    void checkPublication(const GatewayClient& client)
    {
        for (const auto& other : clients_)
            if (other.publication && clash(*other.publication, *client.publication))
                return fail(client.place, "publish-clash",
                            "two instances would publish " + quoted(client.publication->address + ":" +
                                                                    std::to_string(client.publication->hostPort)),
                            "publish a server that one profile runs, or run it through one instance", other.place);
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
    const GatewayOptions& gateways_;
    DesiredState state_;
    std::vector<GatewayClient> clients_;
    std::map<std::string, std::pair<std::string, SourcePos>> volumes_;
    std::map<std::pair<NetworkName, std::string>, SourcePos> shortNames_;
    Diagnostics diagnostics_;
};

}

Found<DesiredState> makeInstances(const Catalog& catalog, const ProjectName& project, const GatewayOptions& gateways)
{
    return StateMaker(catalog, project, gateways).make();
}

}
