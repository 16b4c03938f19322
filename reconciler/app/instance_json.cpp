#include "app/instance_json.h"

#include "app/json.h"
#include "app/mcp_json.h"

namespace mcpctl
{

std::string healthText(const ObservedInstance& instance)
{
    if (!instance.health.empty())
        return instance.health;
    return instance.state == RunState::running ? "running" : "-";
}

Poco::JSON::Object::Ptr toJson(const ObservedInstance& instance, const ProbeResult* probe)
{
    auto out = jsonObject();
    out->set("instance", instance.name);
    out->set("id", instance.id);
    out->set("server", instance.marks.server);
    out->set("profile", instance.marks.profile);
    out->set("image", instance.spec.image);
    out->set("imageId", instance.imageId);
    out->set("state", std::string(toString(instance.state)));
    out->set("exitCode", instance.exitCode);
    out->set("oomKilled", instance.oomKilled);
    out->set("error", instance.error);
    out->set("health", healthText(instance));
    out->set("startedAt", instance.startedAt);
    out->set("restarts", instance.restarts);
    out->set("revision", instance.marks.revision);
    out->set("mcpctlVersion", instance.marks.version);
    auto limits = jsonObject();
    limits->set("memoryBytes", instance.spec.resources.memoryBytes);
    limits->set("nanoCpus", instance.spec.resources.nanoCpus);
    limits->set("cpuPeriodMicros", instance.spec.resources.cpuPeriodMicros);
    limits->set("cpuQuotaMicros", instance.spec.resources.cpuQuotaMicros);
    limits->set("pids", instance.spec.resources.pidsLimit);
    out->set("limits", limits);
    out->set("mcp", probe == nullptr ? Poco::Dynamic::Var() : Poco::Dynamic::Var(toJson(*probe)));
    return out;
}

Poco::JSON::Array::Ptr toJson(const std::vector<Foreign>& unmanaged)
{
    Poco::JSON::Array::Ptr out = new Poco::JSON::Array;
    for (const auto& foreign : unmanaged)
    {
        if (foreign.why.empty())
            continue;
        auto each = jsonObject();
        each->set("name", foreign.name);
        each->set("why", foreign.why);
        out->add(each);
    }
    return out;
}

}
