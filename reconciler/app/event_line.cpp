#include "app/event_line.h"

#include "app/json.h"
#include "model/timestamp.h"

#include <fmt/format.h>

#include <ctime>

namespace mcpctl
{

namespace
{

using Type = Event::Type;

/// RFC 3339 with milliseconds and the local offset.
std::string localTime(std::int64_t nanos)
{
    const std::time_t seconds = nanos / 1'000'000'000;
    std::tm local{};
    ::localtime_r(&seconds, &local);
    const char sign = local.tm_gmtoff < 0 ? '-' : '+';
    const auto minutes = std::abs(local.tm_gmtoff) / 60;
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{}{:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1,
                       local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec, nanos / 1'000'000 % 1000, sign,
                       minutes / 60, minutes % 60);
}

std::string details(const Event& event)
{
    switch (event.type)
    {
    case Type::gap:
        return "events may have been missed before this";
    case Type::die:
        return event.exitCode < 0 ? "exit code not known" : fmt::format("exit code {}", event.exitCode);
    case Type::kill:
        return fmt::format("signal {}", event.signal);
    case Type::health:
        return event.health;
    case Type::rename:
        return "was " + event.oldName;
    case Type::networkConnect:
    case Type::networkDisconnect:
    case Type::networkCreate:
    case Type::networkDestroy:
        return event.network;
    case Type::nameTaken:
        return "by what is not managed here";
    case Type::egressDenied:
        return fmt::format("{} ({})", event.target, event.reason);
    default:
        return "";
    }
}

std::string_view colourOf(const Event& event)
{
    if (event.type == Type::oom || event.health == "unhealthy" || (event.type == Type::die && event.exitCode != 0))
        return "\033[31m";
    if (event.type == Type::die || event.type == Type::gap || event.type == Type::nameTaken ||
        event.type == Type::egressDenied)
        return "\033[33m";
    return "";
}

/// Names come from the engine, and could steer a terminal.
std::string printable(std::string text)
{
    for (auto& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    return text;
}

}

std::string eventLine(const Event& event, bool colour)
{
    std::string line = localTime(event.timeNanos) + " ";
    line += event.name.empty() ? "-" : event.name;
    line += fmt::format(" {}", toString(event.type));
    if (const auto more = details(event); !more.empty())
        line += " " + more;
    if (event.synthesised)
        line += " (found by looking)";
    line = printable(line);
    const auto begin = colour ? colourOf(event) : "";
    return begin.empty() ? line + "\n" : fmt::format("{}{}\033[0m\n", begin, line);
}

std::string eventJson(const Event& event)
{
    auto out = jsonObject();
    out->set("version", 1);
    out->set("time", formatTimestamp(event.timeNanos));
    out->set("type", std::string(toString(event.type)));
    if (!event.id.empty())
    {
        out->set("instance", event.name);
        out->set("id", event.id);
    }
    if (event.type == Type::egressDenied)
    {
        out->set("instance", event.name);
        out->set("target", event.target);
        out->set("reason", event.reason);
    }
    if (event.type == Type::die)
        out->set("exitCode", event.exitCode < 0 ? Poco::Dynamic::Var() : Poco::Dynamic::Var(event.exitCode));
    if (event.type == Type::kill)
        out->set("signal", event.signal);
    if (event.type == Type::health)
        out->set("health", event.health);
    if (!event.oldName.empty())
        out->set("oldName", event.oldName);
    if (!event.network.empty())
        out->set("network", event.network);
    out->set("synthesised", event.synthesised);
    return jsonText(*out) + "\n";
}

}
