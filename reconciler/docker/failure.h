#pragma once

#include "docker/endpoint.h"
#include "docker/engine_error.h"
#include "docker/session.h"

#include <Poco/Exception.h>

#include <chrono>
#include <string>

namespace mcpctl::docker
{

/// A failure of the wire as an error for people: what was tried, on which engine, who named that engine, and what to
/// do. `what` names the call. `error` is what the session threw.
EngineError wireFailure(const std::string& what, const Endpoint& endpoint, Session& session,
                        const Poco::Exception& error, std::chrono::milliseconds deadline);

/// An answer that breaks off or breaks the rules of HTTP.
EngineError brokenFailure(const std::string& what, const Endpoint& endpoint, Session& session,
                          const BrokenAnswer& error);

/// An answer with a status from 400 on, in the engine's own words: `{"message": ...}`, or else the text itself.
EngineError statusFailure(const std::string& what, const Endpoint& endpoint, int status, const std::string& body);

/// Could the same request succeed on a new connection? True when this one was closed before any answer.
bool lostBeforeAnswer(Session& session, const Poco::Exception& error);

}
