#pragma once

#include "docker/json_view.h"
#include "orchestrator/orchestrator.h"

#include <map>
#include <optional>
#include <string>

namespace mcpctl::docker
{

/// Turns the engine's events into ours, and leaves out those of other people's containers, but for names `PROJECT-...`
/// that they take and free. Not by the engine's filter for labels: that would take away all events of networks, which
/// carry none. They name their container by id alone, so the ids of the project's containers are remembered.
class EventTranslator
{
public:
    explicit EventTranslator(ProjectName project) : project_(std::move(project)) {}

    /// The engine's `filters`: the kinds of events that translate() knows.
    static std::string filters();

    /// Is it told of an instance of ours by that instance itself, so that id and name are its own?
    static bool isOfInstance(Event::Type type);

    /// A container of the project that was there before the first event.
    void remember(const std::string& id, const std::string& name);

    /// One event as JSON; nothing if it tells us nothing. Throws OrchestratorError (failed) on nonsense.
    std::optional<Event> translate(const JsonView& json);

private:
    using Attributes = std::map<std::string, std::string>;

    std::optional<Event> ofNetwork(Event event, const std::string& action, const Attributes& attributes) const;
    std::optional<Event> ofContainer(Event event, const std::string& action, const Attributes& attributes);
    std::optional<Event> ofStranger(Event event, const std::string& action) const;
    bool couldBeOurs(const std::string& name) const;

    ProjectName project_;
    std::map<std::string, std::string> names_; ///< of the project's containers, by id
};

}
