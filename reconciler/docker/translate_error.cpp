#include "docker/translate_error.h"

#include <string_view>

namespace mcpctl::docker
{

namespace
{

using Kind = OrchestratorError::Kind;

bool saysPortIsTaken(std::string_view text)
{
    return text.find("port is already allocated") != std::string_view::npos ||
           text.find("address already in use") != std::string_view::npos;
}

Kind kindOf(const EngineError& error)
{
    switch (error.kind())
    {
    case EngineError::Kind::unreachable:
    case EngineError::Kind::tooOld:
        return Kind::unreachable;
    case EngineError::Kind::notFound:
        return Kind::notFound;
    case EngineError::Kind::conflict:
        return Kind::conflict;
    case EngineError::Kind::cancelled:
        return Kind::cancelled;
    case EngineError::Kind::timeout:
    case EngineError::Kind::unauthorized:
    case EngineError::Kind::refused:
    case EngineError::Kind::server:
    case EngineError::Kind::badAnswer:
        break;
    }
    return saysPortIsTaken(error.engineMessage()) ? Kind::conflict : Kind::failed;
}

}

OrchestratorError translate(const EngineError& error)
{
    return {kindOf(error), error.what()};
}

}
