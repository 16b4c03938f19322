#pragma once

#include "docker/engine_error.h"
#include "orchestrator/error.h"

#include <Poco/Exception.h>

#include <stdexcept>
#include <utility>

namespace mcpctl::docker
{

/// The transport's failure in the seam's words. A port that is taken, which the engine tells in free text only, is a
/// conflict.
OrchestratorError translate(const EngineError& error);

/// Calls `call`; whatever leaves it is OrchestratorError.
template <typename Call>
auto translated(Call&& call)
{
    try
    {
        return std::forward<Call>(call)();
    }
    catch (const OrchestratorError&)
    {
        throw;
    }
    catch (const EngineError& error)
    {
        throw translate(error);
    }
    catch (const Poco::Exception& error)
    {
        throw OrchestratorError(OrchestratorError::Kind::failed, error.displayText());
    }
    catch (const std::runtime_error& error) // an image name or credentials that make no sense
    {
        throw OrchestratorError(OrchestratorError::Kind::failed, error.what());
    }
}

}
