#include "docker/replacement.h"

#include "docker/launch_instance.h"
#include "docker/names.h"

#include <fmt/format.h>

namespace mcpctl::docker
{

namespace
{

using Kind = OrchestratorError::Kind;

}

Replacement::Replacement(ContainerCalls& calls, const EngineReader& reader, const Launch& launch, std::string oldId)
    : calls_(calls), reader_(reader), launch_(launch), oldId_(std::move(oldId))
{
}

std::string Replacement::run(const ReadyGate& gate)
{
    const auto newId = makeInstance(calls_, reader_, launch_, newName(launch_.name, launch_.marks.specHash), oldId_);
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
    calls_.remove(oldId_);
    return newId;
}

void Replacement::takeOver(const std::string& newId, const ReadyGate& gate)
{
    if (!calls_.stop(oldId_))
        throw OrchestratorError(Kind::notFound, "the old instance was removed meanwhile");
    calls_.rename(oldId_, oldName(launch_.name, oldId_));
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

/// Goes by what is there, not by how far takeOver() says it came: an answer may have been lost. Nor by what the old one
/// did before: an earlier replace, cut off, may have stopped it and taken its restart policy.
void Replacement::putBack(const std::string& newId)
{
    const auto now = reader_.inspect(oldId_);
    if (!now) // the new one is all there is: keep it
        throw OrchestratorError(Kind::notFound, fmt::format("it is gone; container {} is kept", shortId(newId)));
    calls_.remove(newId);
    if (now->instance.name != launch_.name.text)
        calls_.rename(oldId_, launch_.name.text);
    // Before the restart policy: a server that runs with the wrong one is better than one that does not run.
    calls_.start(oldId_);
    calls_.setRestartPolicy(oldId_, launch_.spec.restart);
}

}
