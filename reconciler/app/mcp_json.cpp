#include "app/mcp_json.h"

#include "app/json.h"

namespace mcpctl
{

Poco::JSON::Object::Ptr toJson(const ProbeResult& result)
{
    auto out = jsonObject();
    out->set("state", std::string(toString(result.state)));
    out->set("era", result.era ? Poco::Dynamic::Var(std::string(toString(*result.era))) : Poco::Dynamic::Var());
    out->set("name", result.serverName);
    out->set("version", result.serverVersion);
    out->set("protocol", result.protocol);
    out->set("tools",
             result.tools ? Poco::Dynamic::Var(static_cast<std::uint64_t>(*result.tools)) : Poco::Dynamic::Var());
    out->set("detail", result.detail);
    return out;
}

std::optional<ProbeResult> probeResultOf(const Poco::JSON::Object::Ptr& json)
{
    const auto state = json ? probeStateOf(json->optValue<std::string>("state", "")) : std::nullopt;
    if (!state)
        return std::nullopt;
    ProbeResult result;
    result.state = *state;
    if (!json->isNull("era"))
        result.era = probeEraOf(json->getValue<std::string>("era"));
    result.serverName = json->optValue<std::string>("name", "");
    result.serverVersion = json->optValue<std::string>("version", "");
    result.protocol = json->optValue<std::string>("protocol", "");
    if (!json->isNull("tools"))
        result.tools = json->getValue<std::uint64_t>("tools");
    result.detail = json->optValue<std::string>("detail", "");
    return result;
}

}
