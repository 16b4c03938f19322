#include "docker/parse_network.h"

#include "docker/labels.h"

#include <Poco/JSON/Array.h>

#include <fmt/format.h>

namespace mcpctl::docker
{

namespace
{

using Poco::JSON::Array;
using Poco::JSON::Object;

/// Source: moby `libnetwork/drivers/bridge/labels.go`. The bridge gets no address, so that nothing on the host can be
/// reached from the network, which `Internal` alone does not ensure.
constexpr auto inhibitOption = "com.docker.network.bridge.inhibit_ipv4";

std::string subnetOf(const JsonView& json)
{
    for (const auto& pool : json["IPAM"]["Config"].items())
        if (const auto subnet = pool["Subnet"].text(); !subnet.empty())
            return subnet;
    return {};
}

bool isTrue(const std::string& option)
{
    return option == "true" || option == "1" || option == "True" || option == "TRUE" || option == "t" || option == "T";
}

/// What makes it another kind of network than the one that networkBody() asks for. An option may lead out of any
/// isolation (`com.docker.network.bridge.name` puts a network card of the host on it), so only those that are known to
/// be harmless are passed over.
std::set<std::string> odditiesOf(const JsonView& json)
{
    std::set<std::string> out;
    if (const auto driver = json["Driver"].text(); driver != "bridge")
        out.insert("driver " + driver);
    if (const auto scope = json["Scope"].text(); scope != "local")
        out.insert("scope " + scope);
    const std::set<std::string> harmless{inhibitOption,
                                         "com.docker.network.driver.mtu",
                                         "com.docker.network.bridge.enable_icc",
                                         "com.docker.network.bridge.host_binding_ipv4",
                                         "com.docker.network.container_iface_prefix",
                                         "com.docker.network.enable_ipv4",
                                         "com.docker.network.enable_ipv6"};
    for (const auto& [option, value] : json["Options"].textMap())
        if (!harmless.contains(option))
            out.insert(option + "=" + value);
    return out;
}

Object::Ptr addressPool(const std::string& subnet)
{
    Object::Ptr pool = new Object;
    pool->set("Subnet", subnet);
    Array::Ptr pools = new Array;
    pools->add(pool);
    Object::Ptr ipam = new Object;
    ipam->set("Driver", std::string("default"));
    ipam->set("Config", pools);
    return ipam;
}

}

Object networkBody(const NetworkSpec& network)
{
    Object::Ptr labels = new Object;
    for (const auto& [name, value] : networkLabels(network))
        labels->set(name, value);
    Object::Ptr options = new Object;
    if (!network.hostAddress)
        options->set(inhibitOption, std::string("true"));

    Object body;
    body.set("Name", network.name.text);
    body.set("CheckDuplicate", true); // without it Engine 20.10 makes a second one of the same name
    body.set("Driver", std::string("bridge"));
    body.set("Internal", network.internal);
    body.set("EnableIPv6", false);
    body.set("Labels", labels);
    body.set("Options", options);
    if (!network.subnet.empty())
        body.set("IPAM", addressPool(network.subnet));
    return body;
}

ObservedNetwork parseNetwork(const JsonView& json)
{
    ObservedNetwork network;
    network.id = json.required("Id").text();
    network.spec.name = NetworkName(json.required("Name").text());
    network.spec.internal = json["Internal"].flag();

    const auto options = json["Options"].members();
    const auto inhibit = options.find(inhibitOption);
    network.spec.hostAddress = inhibit == options.end() || !isTrue(inhibit->second.text());
    network.spec.subnet = subnetOf(json);
    network.spec.ipv6 = json["EnableIPv6"].flag();
    network.spec.oddities = odditiesOf(json);

    const auto labels = json["Labels"].textMap();
    const auto get = [&](std::string_view name)
    {
        const auto found = labels.find(std::string(name));
        return found == labels.end() ? std::string() : found->second;
    };
    network.ownerProject = get(label::project);
    network.spec.owner = ProjectName(network.ownerProject);
    network.ours = get(label::managed) == "true" && get(label::network) == network.spec.name.text;
    return network;
}

std::string differences(const NetworkSpec& wanted, const NetworkSpec& found)
{
    std::string out;
    const auto add = [&](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
    if (wanted.internal != found.internal)
        add(fmt::format("internal is {}, wanted {}", found.internal, wanted.internal));
    if (wanted.hostAddress != found.hostAddress)
        add(fmt::format("the host has {}address on it, wanted {}", found.hostAddress ? "an " : "no ",
                        wanted.hostAddress ? "one" : "none"));
    if (wanted.ipv6 != found.ipv6)
        add(fmt::format("it has {}IPv6, wanted {}", found.ipv6 ? "" : "no ", wanted.ipv6 ? "some" : "none"));
    if (wanted.oddities != found.oddities)
        add(fmt::format("it is made otherwise: {}", fmt::join(found.oddities, ", ")));
    if (!wanted.subnet.empty() && wanted.subnet != found.subnet)
        add(fmt::format("subnet is {}, wanted {}", found.subnet.empty() ? "none" : found.subnet, wanted.subnet));
    return out;
}

}
