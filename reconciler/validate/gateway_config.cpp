#include "validate/gateway_config.h"

#include "model/gateways.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <set>
#include <sstream>

namespace mcpctl
{

namespace
{

/// As isNeverReached().
constexpr std::array never{"0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4"};

/// Reached only where a list names the very address: private, shared, link-local with the metadata services,
/// and for tests and protocols. Source: IANA's IPv4 special-purpose registry.
constexpr std::array guarded{"10.0.0.0/8",   "100.64.0.0/10",  "169.254.0.0/16", "172.16.0.0/12",
                             "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15",  "192.88.99.0/24"};

/// Connections live for long: an MCP session may be silent for hours, and its peers tell when they are gone.
std::string head()
{
    return fmt::format(R"(# Made by mcpctl. A change by hand is put back.
global
  log stdout len 2048 format raw local0
  nbthread 1
  maxconn 2000
  mworker-max-reloads 32

defaults
  mode tcp
  log global
  option clitcpka
  option srvtcpka
  timeout connect 10s
  timeout client 24h
  timeout server 24h

frontend check
  bind ipv4@:{}
  mode http
  no log
  tcp-request connection track-sc0 src table clients
  tcp-request connection reject if {{ sc0_conn_cur gt 16 }}
  timeout client 5s
  timeout http-request 5s
  http-request return status 200

# Nobody takes the places of all others.
backend clients
  stick-table type ip size 64k expire 1h store conn_cur
)",
                       gatewayCheckPort);
}

std::string aclLines(const std::string& name, const std::string& sample, const std::vector<std::string>& values)
{
    std::string out;
    for (const auto& value : values)
        out += fmt::format("  acl {} {} {}\n", name, sample, value);
    return out;
}

std::string resolvers(const EgressSurroundings& surroundings)
{
    std::string out = R"(
resolvers outside
  accepted_payload_size 4096
  resolve_retries 2
  timeout resolve 1s
  timeout retry 1s
  hold valid 10s
)";
    int number = 0;
    for (const auto& server : surroundings.nameServers)
        out += fmt::format("  nameserver dns{} {}\n", ++number, server);
    return out;
}

/// The rules of one port, whoever comes by it: who is it, where to, may it, where is that, may it be there.
class PortRules
{
public:
    PortRules(std::uint16_t port, const std::vector<EgressClient>& clients, const EgressSurroundings& surroundings)
        : port_(port), surroundings_(surroundings)
    {
        for (const auto& client : clients)
        {
            // Also those that list nothing here: a refusal says who it was.
            sources_ += fmt::format("  tcp-request content set-var(txn.server) str({}) if {{ src {} }}\n",
                                    client.instance.text, subnetPlaceholder(egressNetwork(client.instance)));
            for (const auto& target : client.targets)
                if (target.port == port)
                    add(client.instance, target);
        }
    }

    std::string text() const
    {
        std::vector<std::string> unreachable(never.begin(), never.end());
        for (const auto& network : surroundings_.ownNetworks)
            unreachable.push_back(subnetPlaceholder(network));
        std::vector<std::string> onRequest(guarded.begin(), guarded.end());
        onRequest.insert(onRequest.end(), surroundings_.hostAddresses.begin(), surroundings_.hostAddresses.end());

        std::string out = fmt::format("\nfrontend egress-{0}\n  bind ipv4@:{0}\n", port_);
        out +=
            R"(  log-format "egress %[var(txn.verdict)] server=%[var(txn.server)] port=%fp reason=%[var(txn.reason)] address=%[var(txn.address)] name=%[var(txn.name),url_enc]"
)";
        out += aclLines("listed", "var(txn.wanted) -m str", listed_);
        out += aclLines("never", "var(txn.address) -m ip", unreachable);
        out += aclLines("guarded", "var(txn.address) -m ip", onRequest);
        out += aclLines("opened", "var(txn.place) -m str", opened_);
        out += R"(  tcp-request connection track-sc0 src table clients
  tcp-request connection reject if { sc0_conn_cur gt 256 }
  tcp-request inspect-delay 10s
  tcp-request content set-var(txn.verdict) str(denied)
)";
        out += sources_;
        out += reject("unknown-source", "unless { var(txn.server) -m found }");
        out += plain_;
        out += reject("no-tls", "unless { var(txn.name) -m found } or { req.ssl_hello_type 1 }");
        out += "  tcp-request content set-var(txn.name) req.ssl_sni,lower unless { var(txn.name) -m found }\n";
        out += reject("no-name", "unless { var(txn.name) -m found }");
        out += "  tcp-request content set-var(txn.wanted) var(txn.server),concat(/,txn.name)\n";
        out += reject("not-listed", listed_.empty() ? "" : "unless listed");
        out += "  tcp-request content do-resolve(txn.address,outside,ipv4) var(txn.name)\n";
        out += reject("not-resolved", "unless { var(txn.address) -m found }");
        // do-resolve takes an IPv6 address where a name has no other.
        out += reject("ipv6-only", "unless { var(txn.address) -m ip 0.0.0.0/0 }");
        out += "  tcp-request content set-var(txn.place) var(txn.server),concat(/,txn.address)\n";
        out += reject("address-not-allowed", opened_.empty() ? "if never or guarded" : "if never or guarded !opened");
        out += R"(  tcp-request content set-dst var(txn.address)
  tcp-request content set-var(txn.reason) str(listed)
  tcp-request content set-var(txn.verdict) str(allowed)
  tcp-request content accept
  default_backend outside
)";
        return out;
    }

private:
    void add(const InstanceName& instance, const EgressTarget& target)
    {
        (target.address ? opened_ : listed_).push_back(instance.text + "/" + target.host);
        if (target.plain && !target.address)
            plain_ += fmt::format("  tcp-request content set-var(txn.name) str({}) if {{ src {} }}\n", target.host,
                                  subnetPlaceholder(egressNetwork(instance)));
    }

    static std::string reject(const std::string& reason, const std::string& condition)
    {
        return fmt::format("  tcp-request content set-var(txn.reason) str({})\n  tcp-request content reject{}{}\n",
                           reason, condition.empty() ? "" : " ", condition);
    }

    const std::uint16_t port_;
    const EgressSurroundings& surroundings_;
    std::string sources_;
    std::string plain_;
    std::vector<std::string> listed_;
    std::vector<std::string> opened_;
};

}

bool isNeverReached(std::uint32_t address)
{
    const auto first = address >> 24;
    return first == 0 || first == 127 || first >= 224;
}

std::string egressConfig(const std::vector<EgressClient>& clients, const EgressSurroundings& surroundings)
{
    std::set<std::uint16_t> ports;
    for (const auto& client : clients)
        for (const auto& target : client.targets)
            ports.insert(target.port);
    std::string out = head() + resolvers(surroundings);
    for (const auto port : ports)
        out += PortRules(port, clients, surroundings).text();
    // The address is that of set-dst, the port the one that was asked for.
    return out + "\nbackend outside\n  server any 0.0.0.0:0\n";
}

std::string ingressConfig(const std::vector<IngressClient>& clients, const NetworkName& outside)
{
    // A server that is made anew has another address.
    std::string out = head() + R"(
resolvers engine
  nameserver embedded 127.0.0.11:53
  resolve_retries 2
  timeout resolve 1s
  timeout retry 1s
  hold valid 1s
)";
    for (const auto& client : clients)
    {
        out += fmt::format("\nfrontend {0}\n  bind ipv4@:{1}\n"
                           "  tcp-request connection reject unless {{ dst {2} }}\n",
                           client.instance.text, client.publication.targetPort, subnetPlaceholder(outside));
        // One published server is no way to another.
        for (const auto& other : clients)
            out += fmt::format("  tcp-request connection reject if {{ src {} }}\n",
                               subnetPlaceholder(ingressNetwork(other.instance)));
        out += fmt::format("  default_backend {0}\n\nbackend {0}\n"
                           "  server one {1}:{2} resolvers engine init-addr none resolve-prefer ipv4\n",
                           client.instance.text, client.alias, client.serverPort);
    }
    return out;
}

std::map<std::string, std::uint16_t> ingressPorts(const std::string& config)
{
    constexpr std::string_view bind = "bind ipv4@:";
    std::map<std::string, std::uint16_t> ports;
    std::istringstream in(config);
    std::string frontend;
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("frontend "))
            frontend = line.substr(9);
        else if (const auto at = line.find(bind); at != std::string::npos && frontend != "check")
            std::from_chars(line.data() + at + bind.size(), line.data() + line.size(), ports[frontend]);
    return ports;
}

}
