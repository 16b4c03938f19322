#pragma once

#include "docker/container_calls.h"
#include "docker/engine_reader.h"
#include "orchestrator/orchestrator.h"

#include <string>

namespace mcpctl::docker
{

/// Puts one container in the place of another, so that at each point either the old one runs or it can be put back.
/// The contract is McpOrchestrator::replaceServer()'s.
///
///     make NAME.new-HASH, read it back          an error here: it is removed, the old one was never touched
///     old: restart policy no, stop
///     rename old  -> NAME.old-SHORTID
///     rename new  -> NAME
///     start new, wait for the gate              an error from the stop on: roll back
///     remove old
///
/// A crash leaves these names, and by them diff() knows how far it came.
class Replacement
{
public:
    Replacement(ContainerCalls& calls, const EngineReader& reader, const Launch& launch, std::string oldId);

    /// Returns the id of the new one.
    std::string run(const ReadyGate& gate);

private:
    void takeOver(const std::string& newId, const ReadyGate& gate);
    [[noreturn]] void rollBack(const std::string& newId, const std::string& why);
    void putBack(const std::string& newId);

    ContainerCalls& calls_;
    const EngineReader& reader_;
    const Launch& launch_;
    const std::string oldId_;
};

}
