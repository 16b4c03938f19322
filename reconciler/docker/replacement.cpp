#include "docker/replacement.h"

#include "docker/launch_instance.h"
#include "docker/names.h"

#include <fmt/format.h>

namespace mcpctl::docker
{

namespace
{

using Kind = OrchestratorError::Kind;

bool ran(const ObservedInstance& instance)
{
    return instance.state == RunState::running || instance.state == RunState::restarting ||
           instance.state == RunState::paused;
}

}

Replacement::Replacement(ContainerCalls& calls, const EngineReader& reader, const Launch& launch, Inspection old)
    : calls_(calls), reader_(reader), launch_(launch), old_(std::move(old))
{
}

std::string Replacement::run(const ReadyGate& gate)
{
    const auto newId = makeInstance(calls_, reader_, launch_, newName(launch_.name, launch_.marks.specHash));
    // From here on the old one is disturbed, and everything that fails puts it back.
    try
    {
        takeOver(newId, gate);
    }
    catch (const std::exception& error)
    {
        rollBack(newId, error.what());
    }
    // From here on the new one has proved itself; what is left of the old one is the next run's matter if this fails.
    calls_.remove(old_.instance.id);
    return newId;
}

void Replacement::takeOver(const std::string& newId, const ReadyGate& gate)
{
    const auto& oldId = old_.instance.id;
    if (!calls_.stop(oldId))
        throw OrchestratorError(Kind::notFound, "the old instance was removed meanwhile");
    calls_.rename(oldId, oldName(launch_.name, oldId));
    calls_.rename(newId, launch_.name.text);
    calls_.start(newId);
    if (const auto readiness = gate(newId); !readiness.ready)
        throw OrchestratorError(Kind::failed, "the new instance is not ready: " + readiness.why);
}

void Replacement::rollBack(const std::string& newId, const std::string& why)
{
    try
    {
        putBack(newId);
    }
    catch (const OrchestratorError& error)
    {
        throw OrchestratorError(Kind::failed,
                                fmt::format("replace {}: {}; and the old instance could not be put back: {}",
                                            launch_.name.text, why, error.what()));
    }
    throw OrchestratorError(Kind::rolledBack,
                            fmt::format("replace {}: the old instance is back: {}", launch_.name.text, why));
}

/// Goes by what is there, not by how far takeOver() says it came: an answer may have been lost.
void Replacement::putBack(const std::string& newId)
{
    const auto& old = old_.instance;
    const auto now = reader_.inspect(old.id);
    if (!now) // the new one is all there is: keep it
        throw OrchestratorError(Kind::notFound, fmt::format("it is gone; container {} is kept", shortId(newId)));
    calls_.remove(newId);
    if (now->instance.name != launch_.name.text)
        calls_.rename(old.id, launch_.name.text);
    if (ran(old)) // before the rest: a server that runs with the wrong restart policy is better than one that does not
        calls_.start(old.id);
    calls_.setRestartPolicy(old.id, old.spec.restart);
}

}
