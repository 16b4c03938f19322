#include "validate/egress_list.h"

#include "model/subnet.h"
#include "validate/gateway_config.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace mcpctl
{

namespace
{

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return text;
}

std::optional<std::uint32_t> parseAddress(const std::string& text)
{
    in_addr address{};
    return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ? std::optional(ntohl(address.s_addr)) : std::nullopt;
}

/// A DNS name, whose last label nobody could take for a part of an address.
bool isName(const std::string& name)
{
    bool letters = false;
    std::size_t begin = 0;
    while (begin <= name.size())
    {
        const auto end = std::min(name.find('.', begin), name.size());
        const auto label = name.substr(begin, end - begin);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
            return false;
        letters = label.find_first_not_of("0123456789") != std::string::npos;
        begin = end + 1;
    }
    return letters && name.size() <= 253;
}

class EgressReader
{
public:
    Found<std::vector<EgressTarget>> read(const Node& list)
    {
        for (const Node& item : list.items())
            readOne(item);
        for (const auto& target : targets_)
            checkUse(target);
        return {std::move(targets_), std::move(diagnostics_)};
    }

private:
    void fail(const SourcePos& place, std::string rule, std::string message, std::string hint = {},
              std::vector<SourcePos> see = {})
    {
        diagnostics_.push_back(makeError(place, std::move(rule), std::move(message), std::move(hint), std::move(see)));
    }

    void readOne(const Node& item)
    {
        const std::string text = item.text();
        EgressTarget target;
        target.place = item.place();
        target.plain = text.ends_with("/tcp");
        const auto colon = text.rfind(':');
        target.host = lower(text.substr(0, colon));
        unsigned port = 0;
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
        const auto address = parseAddress(target.host);
        target.address = address.has_value();
        target.port = static_cast<std::uint16_t>(port);
        if (port == 0 || port > 65535)
            fail(target.place, "egress-form", quoted(text) + " has no port of 1 to 65535");
        else if (port == gatewayCheckPort)
            fail(target.place, "egress-form", "port " + std::to_string(port) + " is kept for the gateway itself");
        else if (!address && !isName(target.host))
            fail(target.place, "egress-form", quoted(target.host) + " is neither a DNS name nor an IPv4 address");
        else if (address && isNeverReached(*address))
            fail(target.place, "egress-address", quoted(target.host) + " leads to no other host, or to many",
                 "a loopback, unspecified, multicast or reserved address cannot be allowed");
        else if (isNew(target))
            targets_.push_back(target);
    }

    bool isNew(const EgressTarget& target)
    {
        for (const auto& other : targets_)
        {
            if (other.port != target.port)
                continue;
            if (other.host == target.host && other.plain == target.plain)
            {
                fail(target.place, "duplicate-egress", quoted(target.host) + " is listed twice for this port", "",
                     {other.place});
                return false;
            }
            // Plain TCP does not say where it wants to go, so the port has to.
            if (!other.address && !target.address && (other.plain || target.plain))
            {
                fail(target.place, "egress-port",
                     "port " + std::to_string(target.port) + " would lead to " + quoted(other.host) + " and to " +
                         quoted(target.host),
                     "a port with a plain TCP target (`/tcp`) can have no other", {other.place});
                return false;
            }
        }
        return true;
    }

    void checkUse(const EgressTarget& target)
    {
        if (target.address &&
            std::none_of(targets_.begin(), targets_.end(),
                         [&](const EgressTarget& other) { return !other.address && other.port == target.port; }))
            diagnostics_.push_back(makeWarning(
                target.place, "egress-address-unused",
                "no name is listed for port " + std::to_string(target.port) + ", so nothing leads to " +
                    quoted(target.host),
                "servers reach what is outside by name alone; list the name whose answer points there as well"));
    }

    std::vector<EgressTarget> targets_;
    Diagnostics diagnostics_;
};

}

Found<std::vector<EgressTarget>> readEgress(const Node& list)
{
    return EgressReader().read(list);
}

}
