#pragma once

#include "orchestrator/orchestrator.h"

#include <Poco/Dynamic/Var.h>

#include <map>
#include <optional>
#include <string>

namespace mcpctl::docker
{

/// Turns the engine's events into ours, and leaves out those of other people's containers. Not by the engine's filter
/// for labels: that would take away all events of networks, which carry none. They name their container by id alone, so
/// the ids of the project's containers are remembered.
class EventTranslator
{
public:
    explicit EventTranslator(ProjectName project) : project_(std::move(project)) {}

    /// The engine's `filters`: the kinds of events that translate() knows.
    static std::string filters();

    /// A container of the project that was there before the first event.
    void remember(const std::string& id, const std::string& name);

    /// One event as JSON; nothing if it tells us nothing. Throws OrchestratorError (failed) on nonsense.
    std::optional<Event> translate(const Poco::Dynamic::Var& json);

private:
    const ProjectName project_;
    std::map<std::string, std::string> names_; ///< of the project's containers, by id
};

}
