#pragma once

#include <stdexcept>
#include <string>

namespace mcpctl::docker
{

/// A call to the engine that failed. The text is complete for a person: it names the call and its object and has the
/// engine's own words, as in `create container mcpctl-a-b: engine answered 409: Conflict. The container name ...`.
/// It never has credentials in it.
class EngineError : public std::runtime_error
{
public:
    enum class Kind
    {
        unreachable,  ///< no connection, or it was lost; the text says where and what to do
        timeout,      ///< no complete answer within the call's deadline; whether it was carried out is unknown
        tooOld,       ///< no API version that both sides speak
        notFound,     ///< 404
        conflict,     ///< 409
        unauthorized, ///< 401, or a registry wants (other) credentials
        refused,      ///< any other 4xx
        server,       ///< 5xx
        badAnswer,    ///< not HTTP, not JSON, too long, or not what the API promises
        cancelled     ///< the stop token asked for it
    };

    EngineError(Kind kind, const std::string& text, int status = 0, std::string engineMessage = {})
        : std::runtime_error(text), kind_(kind), status_(status), engineMessage_(std::move(engineMessage))
    {
    }

    Kind kind() const noexcept { return kind_; }

    /// The HTTP status; 0 where there was no answer.
    int status() const noexcept { return status_; }

    /// What the engine itself said, without our words around it; empty where it said nothing.
    const std::string& engineMessage() const noexcept { return engineMessage_; }

private:
    Kind kind_;
    int status_;
    std::string engineMessage_;
};

}
