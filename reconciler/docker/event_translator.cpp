#include "docker/event_translator.h"

#include "docker/json_view.h"
#include "docker/labels.h"

#include <Poco/JSON/Array.h>

#include <charconv>
#include <sstream>
#include <string_view>

namespace mcpctl::docker
{

namespace
{

using Type = Event::Type;

constexpr std::string_view healthPrefix = "health_status";

const std::map<std::string, Type, std::less<>>& containerActions()
{
    static const std::map<std::string, Type, std::less<>> table{
        {"create", Type::create}, {"start", Type::start}, {"stop", Type::stop},       {"restart", Type::restart},
        {"die", Type::die},       {"kill", Type::kill},   {"oom", Type::oom},         {"update", Type::update},
        {"rename", Type::rename}, {"pause", Type::pause}, {"unpause", Type::unpause}, {"destroy", Type::destroy},
    };
    return table;
}

const std::map<std::string, Type, std::less<>>& networkActions()
{
    static const std::map<std::string, Type, std::less<>> table{
        {"connect", Type::networkConnect},
        {"disconnect", Type::networkDisconnect},
    };
    return table;
}

int number(const std::string& text)
{
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// "health_status: unhealthy" -> "unhealthy"
std::string healthOf(std::string_view action)
{
    action.remove_prefix(healthPrefix.size());
    const auto begin = action.find_first_not_of(": ");
    return begin == std::string_view::npos ? std::string() : std::string(action.substr(begin));
}

std::string get(const std::map<std::string, std::string>& map, const std::string& key)
{
    const auto found = map.find(key);
    return found == map.end() ? std::string() : found->second;
}

}

std::string EventTranslator::filters()
{
    Poco::JSON::Array::Ptr events = new Poco::JSON::Array;
    events->add(std::string(healthPrefix)); // the engine matches what follows it, too
    for (const auto& [action, type] : containerActions())
        events->add(action);
    for (const auto& [action, type] : networkActions())
        events->add(action);
    Poco::JSON::Array::Ptr types = new Poco::JSON::Array;
    types->add("container");
    types->add("network");

    Poco::JSON::Object filters;
    filters.set("type", types);
    filters.set("event", events);
    std::ostringstream out;
    filters.stringify(out);
    return out.str();
}

void EventTranslator::remember(const std::string& id, const std::string& name)
{
    names_.insert_or_assign(id, name);
}

std::optional<Event> EventTranslator::translate(const Poco::Dynamic::Var& value)
{
    const JsonView json(value, "event");
    const auto action = json["Action"].text();
    const auto attributes = json["Actor"]["Attributes"].textMap();
    Event event;
    event.timeNanos = json["timeNano"].number();

    if (json["Type"].text() == "network")
    {
        const auto found = networkActions().find(action);
        event.id = get(attributes, "container");
        if (found == networkActions().end() || !names_.contains(event.id))
            return std::nullopt;
        event.type = found->second;
        event.name = names_.at(event.id);
        event.network = get(attributes, "name");
        return event;
    }

    event.id = json["Actor"]["ID"].text();
    event.name = get(attributes, "name");
    if (get(attributes, std::string(label::project)) != project_.text)
        return std::nullopt;
    remember(event.id, event.name);
    if (action.starts_with(healthPrefix))
    {
        event.type = Type::health;
        event.health = healthOf(action);
        return event;
    }
    const auto found = containerActions().find(action);
    if (found == containerActions().end())
        return std::nullopt;
    event.type = found->second;
    if (event.type == Type::die)
        event.exitCode = number(get(attributes, "exitCode"));
    if (event.type == Type::kill)
        event.signal = number(get(attributes, "signal"));
    if (event.type == Type::destroy)
        names_.erase(event.id);
    return event;
}

}
