#include "diff/addresses.h"

#include "model/gateways.h"
#include "model/subnet.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace mcpctl
{

namespace
{

constexpr std::uint32_t subnetSize = 8; ///< the bridge, two gateways or gateway and server, and room for a replace

/// Hands out what is free of the pool, from its start.
class Pool
{
public:
    Pool(const std::string& cidr, std::vector<Subnet> taken) : cidr_(cidr), taken_(std::move(taken))
    {
        if (const auto range = parseSubnet(cidr))
        {
            next_ = range->first;
            end_ = std::uint64_t{range->last} + 1;
        }
    }

    std::optional<Subnet> take()
    {
        for (; next_ + subnetSize <= end_; next_ += subnetSize)
        {
            const Subnet candidate{static_cast<std::uint32_t>(next_),
                                   static_cast<std::uint32_t>(next_ + subnetSize - 1)};
            if (std::none_of(taken_.begin(), taken_.end(),
                             [&](const Subnet& each) { return overlap(each, candidate); }))
            {
                next_ += subnetSize;
                return candidate;
            }
        }
        return std::nullopt;
    }

    const std::string& cidr() const { return cidr_; }

private:
    const std::string cidr_;
    const std::vector<Subnet> taken_;
    std::uint64_t next_ = 0;
    std::uint64_t end_ = 0;
};

Pool poolOf(const DesiredState& desired, const ObservedState& observed)
{
    std::vector<Subnet> taken;
    const auto add = [&](const std::string& cidr)
    {
        if (const auto subnet = parseSubnet(cidr))
            taken.push_back(*subnet);
    };
    for (const auto& [name, network] : observed.networks)
        add(network.spec.subnet);
    for (const auto& [name, network] : desired.networks)
        add(network.spec.subnet);
    return {desired.networkPool, std::move(taken)};
}

/// What the network has, where that is of a use.
std::optional<Subnet> liveSubnet(const NetworkName& name, const ObservedState& observed)
{
    const auto live = observed.networks.find(name);
    const auto subnet = live == observed.networks.end() ? std::nullopt : parseSubnet(live->second.spec.subnet);
    return subnet && subnet->last - subnet->first + 1 >= subnetSize ? subnet : std::nullopt;
}

void chooseSubnets(DesiredState& desired, const ObservedState& observed)
{
    auto pool = poolOf(desired, observed);
    for (auto& [name, network] : desired.networks)
    {
        if (!network.fromPool)
            continue;
        auto subnet = liveSubnet(name, observed);
        if (!subnet)
            subnet = pool.take();
        if (subnet)
            network.spec.subnet = toString(*subnet);
        else
            network.problem =
                fmt::format("the pool {} has no {} free addresses left for it; --network-pool sets another",
                            pool.cidr(), subnetSize);
    }
}

std::string replaced(std::string text, const std::string& what, const std::string& with)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

}

DesiredState withAddresses(DesiredState desired, const ObservedState& observed)
{
    chooseSubnets(desired, observed);
    for (auto& [name, instance] : desired.instances)
    {
        auto& spec = instance.spec;
        for (auto& [network, address] : spec.fixedAddresses)
            if (const auto subnet = parseSubnet(desired.networks.at(network).spec.subnet); subnet && address.empty())
                address = addressText(subnet->last - 1);
        if (spec.configFiles.empty())
            continue;
        for (const auto& [network, aliases] : spec.networks)
            for (auto& [path, text] : spec.configFiles)
                text = replaced(std::move(text), subnetPlaceholder(network), desired.networks.at(network).spec.subnet);
    }
    return desired;
}

}
