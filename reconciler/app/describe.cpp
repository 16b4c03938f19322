#include "app/describe.h"

#include "app/age.h"
#include "app/live_secrets.h"
#include "app/terminal.h"
#include "model/fields.h"
#include "model/utf8.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace mcpctl
{

namespace
{

constexpr std::size_t logLines = 10;
constexpr int logLinesRead = 200; ///< of both streams, of which one may not be wanted
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

Rows state(const ObservedInstance& instance)
{
    Rows rows;
    add(rows, "state", std::string(toString(instance.state)));
    if (instance.state == RunState::exited || instance.state == RunState::restarting)
        add(rows, "exit code", std::to_string(instance.exitCode));
    if (instance.oomKilled)
        add(rows, "killed", "it ran out of memory");
    add(rows, "restarts", std::to_string(instance.restarts));
    add(rows, "health", instance.health);
    add(rows, "error", instance.error);
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

std::string timeText(std::int64_t nanos)
{
    return nanos == 0 ? "" : fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(nanos / 1'000'000'000));
}

std::string logText(const Description& description)
{
    if (!description.logError.empty())
        return fmt::format("  {}\n", description.logError);
    if (description.log.empty())
        return "  it logged nothing\n";
    Rows rows;
    for (const auto& line : description.log)
        rows.push_back({"  " + timeText(line.timeNanos), line.stream == LogStream::err ? "err" : "out", line.text});
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

/// A log is any bytes; what people and JSON get is UTF-8.
std::string asUtf8(const std::string& bytes)
{
    std::string out;
    for (std::string_view rest = bytes; !rest.empty();)
    {
        const auto character = firstCharacter(rest);
        out += character.valid ? rest.substr(0, character.bytes) : "?";
        rest.remove_prefix(character.bytes);
    }
    return out;
}

/// Pieces to lines, each stream for itself.
class Lines
{
public:
    void add(const LogPiece& piece)
    {
        auto& open = open_[piece.stream];
        open.stream = piece.stream;
        open.timeNanos = piece.timeNanos;
        for (auto rest = piece.text; !rest.empty();)
        {
            const auto part = rest.substr(0, rest.find('\n'));
            open.text += part.substr(0, longestLine - std::min(longestLine, open.text.size()));
            if (part.size() == rest.size())
                return;
            lines_.push_back(std::exchange(open, {open.stream, open.timeNanos, ""}));
            rest.remove_prefix(part.size() + 1);
        }
    }

    std::vector<LoggedLine> last(std::size_t count)
    {
        for (auto& [stream, open] : open_)
            if (!open.text.empty())
                lines_.push_back(std::move(open));
        return {lines_.end() - static_cast<std::ptrdiff_t>(std::min(count, lines_.size())), lines_.end()};
    }

private:
    std::map<LogStream, LoggedLine> open_;
    std::vector<LoggedLine> lines_;
};

std::vector<LoggedLine> lastLines(const OrchestratorView& view, const ObservedInstance& instance)
{
    Lines lines;
    LogOptions options;
    options.timestamps = true;
    options.tail = logLinesRead;
    view.getLogs(instance.id, options,
                 [&](const LogPiece& piece)
                 {
                     if (!instance.spec.keepsStdin || piece.stream == LogStream::err)
                         lines.add(piece);
                     return true;
                 },
                 {});
    return lines.last(logLines);
}

}

Description describe(const OrchestratorView& view, const ObservedInstance& instance)
{
    Description description;
    description.instance = instance;
    description.image = view.inspectImage(instance.imageId);
    const auto secrets = liveSecrets(view, instance);
    description.instance.error = secrets.scrub(instance.error);
    try
    {
        description.log = lastLines(view, instance);
    }
    catch (const OrchestratorError& error)
    {
        description.logError = error.what(); // one that keeps no log can be told of all the same
    }
    for (auto& line : description.log)
        line.text = asUtf8(secrets.scrub(line.text));
    return description;
}

std::string renderDescription(const Description& description, bool colour)
{
    const auto& instance = description.instance;
    std::string out = instance.name + "\n";
    out += section("Identity", identity(description));
    out += section("State", state(instance));
    out += section("Spec", fieldRows(instance.spec, [](const Field& each)
                                     { return !isLimit(each) && each.repair != Repair::networks; }));
    out += section("Limits", fieldRows(instance.spec, isLimit));
    out += section("Networks", networks(instance));
    out += "\nLast log lines\n" + logText(description);
    if (description.declared)
        out += "\nPlan\n" + indented(renderPlan(description.declared->plan, colour));
    return out;
}

}
