#include "docker/event_translator.h"

#include "docker/labels.h"
#include "model/json_text.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <algorithm>
#include <charconv>
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
        {"create", Type::networkCreate},
        {"destroy", Type::networkDestroy},
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
    return jsonText(filters);
}

void EventTranslator::remember(const std::string& id, const std::string& name)
{
    names_.insert_or_assign(id, name);
}

bool EventTranslator::isOfInstance(Event::Type type)
{
    return std::any_of(containerActions().begin(), containerActions().end(),
                       [type](const auto& entry) { return entry.second == type; }) ||
           type == Type::health;
}

bool EventTranslator::couldBeOurs(const std::string& name) const
{
    return name.starts_with(project_.text + "-") || name.starts_with(project_.text + ".");
}

std::optional<Event> EventTranslator::translate(const JsonView& json)
{
    const auto action = json["Action"].text();
    const auto attributes = json["Actor"]["Attributes"].textMap();
    Event event;
    event.timeNanos = json["timeNano"].number();
    if (json["Type"].text() == "network")
        return ofNetwork(event, action, attributes);
    event.id = json["Actor"]["ID"].text();
    return ofContainer(event, action, attributes);
}

std::optional<Event> EventTranslator::ofNetwork(Event event, const std::string& action,
                                                const Attributes& attributes) const
{
    const auto found = networkActions().find(action);
    if (found == networkActions().end())
        return std::nullopt;
    event.type = found->second;
    event.network = get(attributes, "name");
    if (event.type == Type::networkCreate || event.type == Type::networkDestroy)
        return event;
    // What the engine calls network `none` is the absence of one.
    event.id = get(attributes, "container");
    if (!names_.contains(event.id) || get(attributes, "type") == "null")
        return std::nullopt;
    event.name = names_.at(event.id);
    return event;
}

std::optional<Event> EventTranslator::ofContainer(Event event, const std::string& action, const Attributes& attributes)
{
    event.name = get(attributes, "name");
    event.oldName = get(attributes, "oldName");
    if (event.oldName.starts_with('/'))
        event.oldName.erase(0, 1);
    const auto ours = [&](const std::string& name) { return judgeOwnership(name, attributes, project_).ours; };
    if (!ours(event.name) && !ours(event.oldName))
        return ofStranger(event, action);

    remember(event.id, event.name);
    if (action == "destroy" || !ours(event.name))
        names_.erase(event.id);
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
    return event;
}

std::optional<Event> EventTranslator::ofStranger(Event event, const std::string& action) const
{
    const bool takes = (action == "create" || action == "rename") && couldBeOurs(event.name);
    const bool frees = (action == "destroy" && couldBeOurs(event.name)) || couldBeOurs(event.oldName);
    if (!takes && !frees)
        return std::nullopt;
    event.type = takes ? Type::nameTaken : Type::nameFreed;
    if (action == "rename" && !takes)
        std::swap(event.name, event.oldName);
    return event;
}

}
