#include "app/age.h"
#include "app/commands.h"
#include "app/engine.h"
#include "app/json.h"
#include "app/report.h"
#include "app/terminal.h"
#include "model/quantity.h"

#include <fmt/format.h>

namespace mcpctl
{

namespace
{

std::string uptime(const ObservedInstance& instance)
{
    const auto age = instance.state == RunState::running ? ageOf(instance.startedAt) : "";
    return age.empty() ? "-" : age;
}

std::string stateText(const ObservedInstance& instance)
{
    if (instance.state != RunState::exited && instance.state != RunState::restarting)
        return std::string(toString(instance.state));
    return fmt::format("{} ({}{})", toString(instance.state), instance.exitCode,
                       instance.oomKilled ? ", out of memory" : "");
}

/// The engine's own check where there is one, else what the state says.
std::string healthText(const ObservedInstance& instance)
{
    if (!instance.health.empty())
        return instance.health;
    return instance.state == RunState::running ? "running" : "-";
}

std::string limitsText(const Resources& resources)
{
    const auto orNone = [](std::int64_t value, const std::string& text) { return value == 0 ? "none" : text; };
    std::string cpu = orNone(resources.nanoCpus, formatNanoCpus(resources.nanoCpus));
    if (resources.nanoCpus == 0 && resources.cpuQuotaMicros > 0 && resources.cpuPeriodMicros > 0)
        cpu = formatNanoCpus(resources.cpuQuotaMicros * 1'000'000'000 / resources.cpuPeriodMicros);
    return fmt::format("{} / {} cpu / {} pids", orNone(resources.memoryBytes, formatBytes(resources.memoryBytes)), cpu,
                       orNone(resources.pidsLimit, std::to_string(resources.pidsLimit)));
}

std::string asText(const GlobalOptions& global, const Listing& listing)
{
    std::vector<std::vector<std::string>> rows{
        {"INSTANCE", "SERVER", "PROFILE", "IMAGE", "STATE", "HEALTH", "UPTIME", "RESTARTS", "LIMITS"}};
    for (const auto& each : listing.ours)
        rows.push_back({each.name, each.marks.server, each.marks.profile, each.spec.image, stateText(each),
                        healthText(each), uptime(each), std::to_string(each.restarts),
                        limitsText(each.spec.resources)});
    std::string out =
        listing.ours.empty() ? fmt::format("project {} has no instances here\n", global.project) : renderTable(rows);
    for (const auto& foreign : listing.foreign)
        if (!foreign.why.empty())
            out += fmt::format("not managed: {}: {}\n", foreign.name, foreign.why);
    return out;
}

Poco::JSON::Object::Ptr instanceJson(const ObservedInstance& each)
{
    auto out = jsonObject();
    out->set("instance", each.name);
    out->set("id", each.id);
    out->set("server", each.marks.server);
    out->set("profile", each.marks.profile);
    out->set("image", each.spec.image);
    out->set("imageId", each.imageId);
    out->set("state", std::string(toString(each.state)));
    out->set("exitCode", each.exitCode);
    out->set("oomKilled", each.oomKilled);
    out->set("error", each.error);
    out->set("health", healthText(each));
    out->set("startedAt", each.startedAt);
    out->set("restarts", each.restarts);
    out->set("revision", each.marks.revision);
    out->set("mcpctlVersion", each.marks.version);
    auto limits = jsonObject();
    limits->set("memoryBytes", each.spec.resources.memoryBytes);
    limits->set("nanoCpus", each.spec.resources.nanoCpus);
    limits->set("cpuPeriodMicros", each.spec.resources.cpuPeriodMicros);
    limits->set("cpuQuotaMicros", each.spec.resources.cpuQuotaMicros);
    limits->set("pids", each.spec.resources.pidsLimit);
    out->set("limits", limits);
    return out;
}

std::string asJson(const GlobalOptions& global, const Listing& listing)
{
    auto out = jsonObject();
    out->set("version", 1);
    out->set("project", global.project);
    Poco::JSON::Array::Ptr instances = new Poco::JSON::Array;
    for (const auto& each : listing.ours)
        instances->add(instanceJson(each));
    out->set("instances", instances);
    Poco::JSON::Array::Ptr unmanaged = new Poco::JSON::Array;
    for (const auto& foreign : listing.foreign)
    {
        if (foreign.why.empty())
            continue;
        auto each = jsonObject();
        each->set("name", foreign.name);
        each->set("why", foreign.why);
        unmanaged->add(each);
    }
    out->set("unmanaged", unmanaged);
    return toText(out) + "\n";
}

}

ExitCode statusCommand(const GlobalOptions& global)
{
    const auto engine = openForReading(global);
    const auto listing = engine.view->listInstances(ProjectName(global.project));
    print(global.output == OutputFormat::json ? asJson(global, listing) : asText(global, listing));
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    return ExitCode::done;
}

}
