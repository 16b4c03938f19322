#include "app/age.h"
#include "app/commands.h"
#include "app/engine.h"
#include "app/instance_json.h"
#include "app/json.h"
#include "app/probe_all.h"
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

std::string limitsText(const Resources& resources)
{
    const auto orNone = [](std::int64_t value, const std::string& text) { return value == 0 ? "none" : text; };
    std::string cpu = orNone(resources.nanoCpus, formatNanoCpus(resources.nanoCpus));
    if (resources.nanoCpus == 0 && resources.cpuQuotaMicros > 0 && resources.cpuPeriodMicros > 0)
        cpu = formatNanoCpus(resources.cpuQuotaMicros * 1'000'000'000 / resources.cpuPeriodMicros);
    return fmt::format("{} / {} cpu / {} pids", orNone(resources.memoryBytes, formatBytes(resources.memoryBytes)), cpu,
                       orNone(resources.pidsLimit, std::to_string(resources.pidsLimit)));
}

const ProbeResult* find(const Probes& found, const ObservedInstance& instance)
{
    const auto result = found.find(instance.id);
    return result == found.end() ? nullptr : &result->second;
}

std::string orDash(const std::string& text)
{
    return text.empty() ? "-" : text;
}

/// The engine's own check where there is one, else what the server said of itself.
std::string healthText(const ObservedInstance& instance, const ProbeResult* result)
{
    return result == nullptr || !instance.health.empty() ? healthText(instance) : std::string(toString(result->state));
}

std::vector<std::string> wideCells(const ProbeResult* result)
{
    if (result == nullptr)
        return {"-", "-", "-", "-"};
    return {orDash(result->serverName), orDash(result->serverVersion), orDash(result->protocol),
            result->tools ? std::to_string(*result->tools) : "-"};
}

std::string asText(const GlobalOptions& global, const Listing& listing, const Probes& found)
{
    const bool wide = global.output == OutputFormat::wide;
    std::vector<std::vector<std::string>> rows{
        {"INSTANCE", "SERVER", "PROFILE", "IMAGE", "STATE", "HEALTH", "UPTIME", "RESTARTS", "LIMITS"}};
    if (wide)
        rows.front().insert(rows.front().end(), {"NAME", "VERSION", "PROTOCOL", "TOOLS"});
    for (const auto& each : listing.ours)
    {
        const auto* result = find(found, each);
        rows.push_back({each.name, each.marks.server, each.marks.profile, each.spec.image, stateText(each),
                        healthText(each, result), uptime(each), std::to_string(each.restarts),
                        limitsText(each.spec.resources)});
        if (wide)
            for (auto& cell : wideCells(result))
                rows.back().push_back(std::move(cell));
    }
    std::string out =
        listing.ours.empty() ? fmt::format("project {} has no instances here\n", global.project) : renderTable(rows);
    for (const auto& each : listing.ours)
        if (const auto* result = find(found, each); wide && result != nullptr && !answersClients(*result))
            out += fmt::format("{}: {}: {}\n", each.name, toString(result->state), result->detail);
    for (const auto& foreign : listing.foreign)
        if (!foreign.why.empty())
            out += fmt::format("not managed: {}: {}\n", foreign.name, foreign.why);
    return out;
}

std::string asJson(const GlobalOptions& global, const Listing& listing, const Probes& found)
{
    auto out = jsonObject();
    out->set("version", 1);
    out->set("project", global.project);
    Poco::JSON::Array::Ptr instances = new Poco::JSON::Array;
    for (const auto& each : listing.ours)
        instances->add(toJson(each, find(found, each)));
    out->set("instances", instances);
    out->set("unmanaged", toJson(listing.foreign));
    return jsonText(*out) + "\n";
}

}

ExitCode statusCommand(const GlobalOptions& global, const StatusOptions& options)
{
    const auto show = [&](const Listing& listing, const Probes& found, const EngineStatistics& statistics)
    {
        print(global.output == OutputFormat::json ? asJson(global, listing, found) : asText(global, listing, found));
        if (global.stats)
            say(toString(statistics) + "\n");
        return ExitCode::done;
    };
    const ProjectName project(global.project);
    if (options.probe || global.output == OutputFormat::wide)
    {
        // To ask a server is to act: a stdio server gets a second process, a port is dialled from inside.
        const auto engine = openForActing(global);
        const auto listing = engine.orchestrator->listInstances(project);
        const auto found = probeAll(*engine.orchestrator, listing.ours);
        return show(listing, found, engine.statistics());
    }
    const auto engine = openForReading(global);
    const auto listing = engine.view->listInstances(project);
    return show(listing, cachedProbes(*engine.view, listing.ours), engine.statistics());
}

}
