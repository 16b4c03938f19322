#include "docker/network_calls.h"

#include "docker/names.h"
#include "docker/parse_network.h"
#include "docker/translate_error.h"

#include <fmt/format.h>

#include <thread>

namespace mcpctl::docker
{

namespace
{

using namespace std::chrono_literals;
using Kind = OrchestratorError::Kind;

/// True: it is there and will do. False: it is not there.
bool isThere(const EngineReader& reader, const NetworkSpec& wanted)
{
    const auto found = reader.networksNamed(wanted.name);
    if (found.empty())
        return false;
    if (found.size() > 1)
        throw OrchestratorError(Kind::conflict,
                                fmt::format("there are {} networks named {}", found.size(), wanted.name.text));
    const auto& network = found.front();
    // The one that all projects share may be anybody's work, as long as it is as it shall be.
    if (!wanted.owner.empty() && (!network.ours || network.ownerProject != wanted.owner.text))
        throw OrchestratorError(Kind::conflict, fmt::format("network {} is there and is not of project {}",
                                                            wanted.name.text, wanted.owner.text));
    if (const auto differing = differences(wanted, network.spec); !differing.empty())
        throw OrchestratorError(Kind::conflict,
                                fmt::format("network {} is not as it shall be: {}", wanted.name.text, differing));
    return true;
}

/// Engine 20.10 lets two clients make a network of one name at the same moment, although both ask it not to. Each takes
/// its own away; if both do, one of them comes first the next time.
void withdraw(Client& client, const EngineReader& reader, const NetworkSpec& wanted, const std::string& id)
{
    removeNetwork(client, id);
    if (!isThere(reader, wanted))
        throw OrchestratorError(Kind::conflict,
                                fmt::format("network {} was made twice at once, and withdrawn", wanted.name.text));
}

/// As far as the engine tells.
bool nobodyIsOn(const Client& client, const std::string& id)
try
{
    const auto network = client.getJson({.path = "/networks/" + id, .what = "look at network " + shortId(id)});
    return network["Containers"].members().empty();
}
catch (const std::runtime_error&)
{
    return false;
}

}

void ensureNetwork(Client& client, const EngineReader& reader, const NetworkSpec& wanted)
{
    if (isThere(reader, wanted))
        return;

    const std::string what =
        "create network " + wanted.name.text + (wanted.subnet.empty() ? "" : " with subnet " + wanted.subnet);
    const Request request{.path = "/networks/create", .what = what, .accept = {409}};
    const auto body = Body::json(networkBody(wanted));
    const auto response = translated([&] { return client.post(request, body); });
    if (response.status == 409)
    {
        if (!isThere(reader, wanted)) // else somebody was faster
            throw OrchestratorError(Kind::conflict,
                                    fmt::format("{}: the engine answered 409: {}", what, response.body));
        return;
    }
    const auto created = translated([&] { return parseJson(response.body, what); });
    const auto id = created.required("Id").text();
    if (reader.networksNamed(wanted.name).size() > 1)
        return withdraw(client, reader, wanted, id);

    const Request look{.path = "/networks/" + id, .what = what};
    const auto network = parseNetwork(translated([&] { return client.getJson(look); }));
    const auto differing = differences(wanted, network.spec);
    if (differing.empty())
        return;
    removeNetwork(client, id);
    const auto warning = created["Warning"].text();
    throw OrchestratorError(Kind::notEnforced,
                            fmt::format("{}: the engine did not put in force what was asked: {}{}{}", what, differing,
                                        warning.empty() ? "" : "; the engine says: ", warning));
}

void removeNetwork(Client& client, const std::string& id)
{
    const Request request{.path = "/networks/" + id, .what = "remove network " + shortId(id), .accept = {404}};
    const auto until = std::chrono::steady_clock::now() + 2s;
    for (;; std::this_thread::sleep_for(100ms))
    {
        try
        {
            client.del(request);
            return;
        }
        catch (const EngineError& error)
        {
            // Said for a moment after the last container was removed, too.
            const bool inUse = error.engineMessage().find("active endpoints") != std::string::npos;
            if (inUse && std::chrono::steady_clock::now() <= until)
                continue;
            const auto said = translate(error);
            if (inUse && nobodyIsOn(client, id))
                throw OrchestratorError(said.kind(),
                                        fmt::format("{}; no container is on it: an old engine loses count when one is "
                                                    "removed while it starts, and counts anew when it is restarted",
                                                    said.what()));
            throw said;
        }
    }
}

}
