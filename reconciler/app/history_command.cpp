#include "app/history_command.h"

#include "app/history_json.h"
#include "app/history_place.h"
#include "app/json.h"
#include "app/moment.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "app/terminal.h"
#include "model/quantity.h"
#include "model/timestamp.h"
#include "record/history_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

HistoryReader open(const GlobalOptions& global)
{
    const auto target = historyTarget(global);
    if (target.kind == HistoryTarget::Kind::none)
        throw UsageError("history is switched off");
    return {target, journalFolder(target), [](const std::string& text) { say(fmt::format("warning: {}\n", text)); }};
}

/// As much of an id as tells it from others for people: its time.
std::string shortId(const std::string& id)
{
    return id.substr(0, 18);
}

/// To the second; the exact time is in the JSON.
std::string shortTime(std::int64_t micros)
{
    return formatMicros(micros).substr(0, 19) + "Z";
}

std::string shortRevision(const std::string& revision)
{
    const auto mark = revision.find('-');
    return revision.substr(0, std::min<std::size_t>(mark, 12)) +
           (mark == std::string::npos ? "" : revision.substr(mark));
}

std::string shown(const std::string& text, const std::string& none = "-")
{
    std::string out;
    for (const char c : text)
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out.empty() ? none : out;
}

std::string changesOf(const RunRecord& run)
{
    std::string out;
    const auto add = [&out](int count, const char* what)
    {
        if (count > 0)
            out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, what);
    };
    add(run.counts.done, "done");
    add(run.counts.failed, "failed");
    add(run.counts.rolledBack, "rolled back");
    add(run.counts.skipped, "skipped");
    return out;
}

std::string stepText(const RecordedStep& step)
{
    auto out = fmt::format("  {} {}: {}{}{}\n", step.verb, shown(step.object), step.result,
                           step.took.count() > 0 ? " in " + formatDuration(step.took) : "",
                           step.place.file.empty() ? "" : "  " + shown(toString(step.place)));
    if (!step.because.empty())
        out += fmt::format("    because {}\n", shown(step.because));
    for (const auto& field : step.fields)
        out += fmt::format("    {}  {} -> {}  [{}]{}\n", shown(field.field), shown(field.before, "(none)"),
                           shown(field.after, "(none)"), toString(field.verdict),
                           field.place.file.empty() ? "" : "  " + shown(toString(field.place)));
    if (!step.error.empty())
        out += fmt::format("    {}\n", shown(step.error));
    return out;
}

std::string headline(const RunRecord& run)
{
    return fmt::format("{}  {}  {} by {}{}: {}", shortTime(run.begunMicros), shortId(run.id), run.trigger,
                       shown(run.who), run.revision.empty() ? "" : ", revision " + shown(shortRevision(run.revision)),
                       toString(run.outcome));
}

Poco::JSON::Object::Ptr document()
{
    auto out = jsonObject();
    out->set("version", 1);
    return out;
}

}

ExitCode historyCommand(const GlobalOptions& global, const HistoryOptions& options)
{
    const auto since = options.since.empty() ? 0 : parseMoment(options.since, "--since", nowNanos()) / 1000;
    const HistoryFilter filter{global.project, since, options.instance, options.limit.value_or(20)};
    const auto runs = open(global).read([&](History& history) { return history.list(filter); });
    if (global.output == OutputFormat::json)
    {
        print(jsonText(*historyJson(global.project, runs)) + "\n");
        return ExitCode::done;
    }
    if (runs.empty())
    {
        say(fmt::format("history knows no such run of project {}\n", global.project));
        return ExitCode::done;
    }
    std::vector<std::vector<std::string>> rows{{"TIME", "RUN", "TRIGGER", "WHO", "REVISION", "OUTCOME", "CHANGES"}};
    for (const auto& run : runs)
        rows.push_back({shortTime(run.begunMicros), shortId(run.id), run.trigger, run.who, shortRevision(run.revision),
                        std::string(toString(run.outcome)), changesOf(run)});
    print(renderTable(rows));
    return ExitCode::done;
}

ExitCode historyShowCommand(const GlobalOptions& global, const HistoryOptions& options)
{
    const auto run = open(global).read([&](History& history) { return history.show(options.run); });
    if (global.output == OutputFormat::json)
    {
        print(jsonText(*historyJson(run)) + "\n");
        return ExitCode::done;
    }
    auto out = fmt::format("run        {}\noutcome    {}\n", run.id, toString(run.outcome));
    if (!run.error.empty())
        out += fmt::format("error      {}\n", shown(run.error));
    out +=
        fmt::format("trigger    {}\nwho        {} on {}\nbegun      {}\nended      {}\n", run.trigger, shown(run.who),
                    shown(run.host), formatMicros(run.begunMicros), shown(formatMicros(run.endedMicros)));
    out += fmt::format("project    {} on engine {}\nmanifests  {}\nrevision   {}\ndesired    {}\n", run.project,
                       shown(run.engineId), shown(fmt::format("{}", fmt::join(run.paths, " "))), shown(run.revision),
                       run.desiredDigest);
    for (const auto& step : run.steps)
        out += stepText(step);
    print(out);
    return ExitCode::done;
}

ExitCode historyWhyCommand(const GlobalOptions& global, const HistoryOptions& options)
{
    const auto why = open(global).read([&](History& history) { return history.why(global.project, options.instance); });
    if (global.output == OutputFormat::json)
    {
        Poco::JSON::Array::Ptr runs = new Poco::JSON::Array;
        for (const auto& each : why.steps)
        {
            auto run = each.run;
            run.steps = {each.step};
            runs->add(runToJson(run));
        }
        Poco::JSON::Array::Ptr events = new Poco::JSON::Array;
        for (const auto& event : why.events)
            events->add(eventToJson(event));
        auto out = document();
        out->set("instance", options.instance);
        out->set("runs", runs);
        out->set("events", events);
        print(jsonText(*out) + "\n");
        return ExitCode::done;
    }
    if (why.steps.empty() && why.events.empty())
        throw HistoryError(fmt::format("history knows nothing of {}; `mcpctl status` shows the full names of "
                                       "instances",
                                       options.instance));
    std::vector<std::pair<std::int64_t, std::string>> lines;
    for (const auto& each : why.steps)
        lines.emplace_back(each.run.begunMicros, headline(each.run) + "\n" + stepText(each.step));
    for (const auto& event : why.events)
        lines.emplace_back(event.timeMicros, fmt::format("{}  {}  {}\n", shortTime(event.timeMicros), shown(event.type),
                                                         shown(event.details, "")));
    std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [time, text] : lines)
        print(text);
    return ExitCode::done;
}

ExitCode historyPruneCommand(const GlobalOptions& global, const HistoryOptions& options)
{
    const auto keep = parseDuration(options.keep);
    if (!keep)
        throw UsageError(fmt::format("--keep {} is not a duration, as 90d", options.keep));
    const auto before = nowMicros() - std::chrono::duration_cast<std::chrono::microseconds>(*keep).count();
    const auto removed = open(global).read([&](History& history) { return history.prune(global.project, before); });
    if (global.output == OutputFormat::json)
    {
        auto out = document();
        out->set("removed", static_cast<std::uint64_t>(removed));
        print(jsonText(*out) + "\n");
    }
    else
        print(fmt::format("{} runs from before {} are gone\n", removed, formatMicros(before)));
    return ExitCode::done;
}

}
