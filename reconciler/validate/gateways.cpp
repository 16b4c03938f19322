#include "validate/gateways.h"

#include "model/gateways.h"
#include "validate/findings.h"
#include "validate/gateway_config.h"

#include <set>

namespace mcpctl
{

namespace
{

constexpr auto configFile = "/config/haproxy.cfg";
constexpr auto noNameServer = "the egress gateway needs a name server, and none is known here";

DesiredInstance makeGateway(const InstanceName& name, const std::string& shortName, const GatewayOptions& options,
                            const SourcePos& place)
{
    DesiredInstance instance;
    instance.name = name;
    instance.server = ServerName(shortName + "-gateway");
    instance.shortName = shortName;
    instance.place = place;
    auto& spec = instance.spec;
    spec.image = options.image;
    spec.entrypoint = {"haproxy", "-W", "-db", "-f", configFile};
    spec.user = "65532:65532";
    spec.transport = {Transport::Type::none, gatewayCheckPort, ""};
    spec.keepsStdin = false;
    spec.resources.memoryBytes = 128LL * 1024 * 1024;
    spec.resources.pidsLimit = 64;
    spec.tmpfs["/tmp"] = "size=16m,mode=1777";
    // It ends by itself when its last connection does, which may be never.
    spec.stopGracePeriod = std::chrono::seconds(3);
    spec.health.type = HealthCheck::Type::tcp;
    return instance;
}

class GatewayMaker
{
public:
    GatewayMaker(DesiredState& state, const std::vector<GatewayClient>& clients, const GatewayOptions& options)
        : state_(state), clients_(clients), options_(options)
    {
    }

    Diagnostics make()
    {
        std::vector<EgressClient> outward;
        std::vector<IngressClient> inward;
        for (const auto& client : clients_)
        {
            if (!client.targets.empty())
                outward.push_back({client.instance, client.targets});
            if (client.publication)
                inward.push_back({client.instance, client.alias, client.serverPort, ownPort(*client.publication)});
        }
        if (!outward.empty())
            makeEgress(outward);
        if (!inward.empty())
            makeIngress(inward);
        return std::move(diagnostics_);
    }

private:
    void addNetwork(const NetworkName& name, bool internal)
    {
        NetworkSpec spec;
        spec.name = name;
        spec.internal = internal;
        spec.hostAddress = !internal;
        spec.owner = state_.project;
        state_.networks.emplace(name, DesiredNetwork{spec, {}, true, ""});
    }

    DesiredInstance onOutside(DesiredInstance gateway)
    {
        const auto outside = outsideNetwork(state_.project);
        addNetwork(outside, false);
        gateway.spec.networks[outside];
        return gateway;
    }

    void makeEgress(const std::vector<EgressClient>& clients)
    {
        const auto& place = clients.front().targets.front().place;
        if (options_.nameServers.empty())
            diagnostics_.push_back(makeWarning(place, "egress-dns", noNameServer,
                                               "--egress-dns names one that the engine's host reaches"));
        auto gateway = onOutside(makeGateway(egressGateway(state_.project), "egress", options_, place));
        EgressSurroundings surroundings{
            options_.nameServers, options_.hostAddresses(), {outsideNetwork(state_.project)}};
        for (const auto& client : clients)
        {
            const auto network = egressNetwork(client.instance);
            addNetwork(network, true);
            if (options_.nameServers.empty())
                state_.networks.at(network).problem = std::string(noNameServer) + "; --egress-dns names one";
            surroundings.ownNetworks.push_back(network);
            auto& aliases = gateway.spec.networks[network];
            for (const auto& target : client.targets)
                if (!target.address)
                    aliases.insert(target.host);
            // Kept when the aliases change, so that no connection notices.
            gateway.spec.fixedAddresses[network] = "";
        }
        gateway.spec.configFiles[configFile] = egressConfig(clients, surroundings);
        gateway.fieldPlaces["configFiles"] = place;
        state_.instances.emplace(gateway.name, std::move(gateway));
    }

    void makeIngress(const std::vector<IngressClient>& clients)
    {
        const auto& place = state_.instances.at(clients.front().instance).placeOf("publish");
        auto gateway = onOutside(makeGateway(ingressGateway(state_.project), "ingress", options_, place));
        for (const auto& client : clients)
        {
            addNetwork(ingressNetwork(client.instance), true);
            gateway.spec.networks[ingressNetwork(client.instance)];
            gateway.spec.publications.insert(client.publication);
            gateway.fieldPlaces["publish." + client.publication.address + ":" +
                                std::to_string(client.publication.hostPort)] =
                state_.instances.at(client.instance).placeOf("publish");
        }
        gateway.spec.configFiles[configFile] = ingressConfig(clients, outsideNetwork(state_.project));
        state_.instances.emplace(gateway.name, std::move(gateway));
    }

    /// On different addresses of the host one port may be published twice; within the gateway it cannot be.
    Publication ownPort(Publication publication)
    {
        publication.targetPort = publication.hostPort;
        while (publication.targetPort == gatewayCheckPort || publication.targetPort == 0 ||
               !ports_.insert(publication.targetPort).second)
            ++publication.targetPort;
        return publication;
    }

    DesiredState& state_;
    const std::vector<GatewayClient>& clients_;
    const GatewayOptions& options_;
    std::set<std::uint16_t> ports_; ///< of the ingress gateway, taken so far
    Diagnostics diagnostics_;
};

}

Diagnostics addGateways(DesiredState& state, const std::vector<GatewayClient>& clients, const GatewayOptions& options)
{
    return GatewayMaker(state, clients, options).make();
}

}
