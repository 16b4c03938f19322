#include "app/describe.h"

#include "app/age.h"
#include "app/event_line.h"
#include "app/live_secrets.h"
#include "app/log_history.h"
#include "app/terminal.h"
#include "model/fields.h"
#include "model/quantity.h"
#include "model/timestamp.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <stdexcept>

namespace mcpctl
{

namespace
{

constexpr int logLines = 10;
constexpr std::ptrdiff_t eventsShown = 10;
constexpr std::size_t longestLine = 2000;

using Rows = std::vector<std::vector<std::string>>;

std::string section(const std::string& title, const Rows& rows)
{
    return rows.empty() ? "" : fmt::format("\n{}\n{}", title, renderTable(rows));
}

void add(Rows& rows, const std::string& name, const std::string& value)
{
    if (!value.empty())
        rows.push_back({"  " + name, value});
}

std::string firstLine(const std::string& text)
{
    return text.substr(0, text.find('\n'));
}

std::string withAge(const std::string& time)
{
    const auto age = ageOf(time);
    return age.empty() ? time : fmt::format("{} ({} ago)", time, age);
}

Rows identity(const Description& description)
{
    const auto& instance = description.instance;
    const auto& marks = instance.marks;
    Rows rows;
    add(rows, "id", instance.id);
    add(rows, "image", instance.spec.image);
    add(rows, "image id", instance.imageId + (description.image ? "" : " (not on the engine any more)"));
    if (description.image)
        for (const auto& digest : description.image->repoDigests)
            add(rows, "digest", digest);
    add(rows, "server", marks.server);
    add(rows, "profile", marks.profile);
    if (description.declared)
        add(rows, "declared",
            description.declared->place.file.empty() ? "not in these manifests"
                                                     : toString(description.declared->place));
    add(rows, "revision", marks.revision);
    add(rows, "made by", marks.version.empty() ? "" : "mcpctl " + marks.version);
    add(rows, "created", withAge(instance.createdAt));
    add(rows, "started", instance.startedAt.empty() ? "never" : withAge(instance.startedAt));
    return rows;
}

Rows state(const Description& description)
{
    const auto& instance = description.instance;
    const auto& health = description.health;
    Rows rows;
    add(rows, "state", std::string(toString(instance.state)));
    if (instance.state == RunState::exited || instance.state == RunState::restarting)
        add(rows, "exit code", std::to_string(instance.exitCode));
    if (instance.oomKilled)
        add(rows, "killed", "it ran out of memory");
    add(rows, "restarts", std::to_string(instance.restarts));
    if (health.checked || health.status != Health::Status::healthy)
        add(rows, "health",
            fmt::format("{}{}{}", toString(health.status), health.output.empty() ? "" : ": ",
                        firstLine(health.output)));
    add(rows, "error", instance.error);
    return rows;
}

/// What the server says of itself.
Rows mcp(const std::optional<ProbeResult>& result)
{
    Rows rows;
    if (!result)
        return rows;
    add(rows, "state", std::string(toString(result->state)));
    add(rows, "name", result->serverName);
    add(rows, "version", result->serverVersion);
    add(rows, "protocol", result->protocol);
    add(rows, "tools", result->tools ? std::to_string(*result->tools) : "");
    if (!answersClients(*result))
        add(rows, "because", result->detail);
    return rows;
}

Rows use(const std::optional<Stats>& stats)
{
    Rows rows;
    if (!stats)
        return rows;
    const auto bytes = [](std::uint64_t count) { return formatBytes(static_cast<std::int64_t>(count)); };
    add(rows, "memory", bytes(stats->memoryBytes));
    add(rows, "processes", std::to_string(stats->pids));
    add(rows, "cpu time", fmt::format("{:.1f}s", static_cast<double>(stats->cpuNanos) / 1e9));
    add(rows, "network",
        fmt::format("{} in, {} out", bytes(stats->networkReceivedBytes), bytes(stats->networkSentBytes)));
    return rows;
}

bool isLimit(const Field& field)
{
    return field.repair == Repair::limits || field.name == "cpuPeriod" || field.name == "cpuQuota";
}

/// What a plan hides is hidden here too.
std::map<std::string, std::string> shownForm(const Field& field, const ServerSpec& spec)
{
    auto form = field.form(spec);
    if (field.hidesLive)
        for (auto& [member, text] : form)
            text = "(hidden)";
    return form;
}

template <typename Wanted>
Rows fieldRows(const ServerSpec& spec, const Wanted& wanted)
{
    Rows rows;
    for (const auto& field : fields())
    {
        if (!wanted(field))
            continue;
        const auto form = shownForm(field, spec);
        std::string name(field.name);
        if (form.empty())
            add(rows, name, "none");
        for (const auto& [member, text] : form)
        {
            const auto shown = member.empty() ? text : text == "yes" ? member : member + " " + text;
            rows.push_back({name.empty() ? "" : "  " + name, shown});
            name.clear();
        }
    }
    return rows;
}

Rows networks(const ObservedInstance& instance)
{
    Rows rows;
    for (const auto& [network, aliases] : instance.spec.networks)
    {
        const auto address = instance.addresses.find(network);
        std::string text = address == instance.addresses.end() ? "no address while it is stopped" : address->second;
        if (instance.staleNetworks.contains(network))
            text = "this network is gone";
        add(rows, network.text,
            text + (aliases.empty() ? "" : fmt::format(", answers to {}", fmt::join(aliases, ", "))));
    }
    if (rows.empty())
        add(rows, "none", "it sees nothing but itself");
    return rows;
}

std::string logText(const Description& description)
{
    if (!description.logError.empty())
        return fmt::format("  {}\n", description.logError);
    if (description.log.empty())
        return "  it logged nothing\n";
    Rows rows;
    for (const auto& line : description.log)
        rows.push_back(
            {"  " + formatTimestamp(line.timeNanos), line.stream == LogStream::err ? "err" : "out", line.text});
    return renderTable(rows);
}

std::string indented(const std::string& text)
{
    std::string out;
    for (std::size_t begin = 0; begin < text.size();)
    {
        const auto end = std::min(text.find('\n', begin), text.size());
        out += (end > begin ? "  " : "") + text.substr(begin, end - begin) + "\n";
        begin = end + 1;
    }
    return out;
}

std::vector<LogLine> lastLines(const OrchestratorView& view, const ObservedInstance& instance)
{
    LogSource source{.name = instance.name, .id = instance.id, .options = {.tail = logLines}};
    if (instance.spec.keepsStdin)
        source.options.only = LogStream::err;
    std::vector<LogLine> out;
    const auto take = [&out](std::size_t, const LogLine& line)
    {
        if (line.begins)
            out.push_back(line);
        return true;
    };
    const auto end = readLogs(view, {source}, take, {}).front();
    if (!end.error.empty())
        throw std::runtime_error(end.error);
    return out;
}

std::vector<Event> lastEvents(const OrchestratorView& view, const ObservedInstance& instance)
{
    constexpr std::int64_t hourNanos = 3'600'000'000'000;
    std::vector<Event> out;
    view.eventsBetween(ProjectName(instance.marks.project), nowNanos() - hourNanos, std::nullopt,
                       [&](const Event& event)
                       {
                           if (event.name == instance.name)
                               out.push_back(event);
                       });
    if (std::ssize(out) > eventsShown)
        out.erase(out.begin(), out.end() - eventsShown);
    return out;
}

/// Nothing for one that ends just now.
std::optional<Stats> useOf(const OrchestratorView& view, const ObservedInstance& instance)
{
    if (instance.state != RunState::running)
        return std::nullopt;
    try
    {
        return view.getStats(instance.id);
    }
    catch (const OrchestratorError&)
    {
        return std::nullopt;
    }
}

}

Description describe(const OrchestratorView& view, const ObservedInstance& instance)
{
    Description description;
    description.instance = instance;
    description.image = view.inspectImage(instance.imageId);
    const auto secrets = liveSecrets(view, instance);
    description.instance.error = secrets.scrub(instance.error);
    description.health = view.getHealth(instance.id);
    description.health.output = validUtf8(secrets.scrub(description.health.output));
    description.use = useOf(view, instance);
    description.events = lastEvents(view, instance);
    try
    {
        description.log = lastLines(view, instance);
    }
    catch (const std::exception& error)
    {
        description.logError = error.what(); // one that keeps no log can be told of all the same
    }
    for (auto& line : description.log)
        line.text = validUtf8(secrets.scrub(line.text)).substr(0, longestLine);
    return description;
}

std::string renderDescription(const Description& description, bool colour)
{
    const auto& instance = description.instance;
    std::string out = instance.name + "\n";
    out += section("Identity", identity(description));
    out += section("State", state(description));
    out += section("MCP", mcp(description.mcp));
    out += section("Use", use(description.use));
    out += section("Spec", fieldRows(instance.spec, [](const Field& each)
                                     { return !isLimit(each) && each.repair != Repair::networks; }));
    out += section("Limits", fieldRows(instance.spec, isLimit));
    out += section("Networks", networks(instance));
    if (!description.events.empty())
        out += "\nLast events\n";
    for (const auto& event : description.events)
        out += "  " + eventLine(event, colour);
    out += "\nLast log lines\n" + logText(description);
    if (description.declared)
        out += "\nPlan\n" + indented(renderPlan(description.declared->plan, colour));
    return out;
}

}
