#pragma once

#include <stdexcept>
#include <string>

namespace mcpctl
{

/// A failure of the world. Its text names the call, the object and the engine's own words, and holds
/// no secret.
class OrchestratorError : public std::runtime_error
{
public:
    enum class Kind
    {
        unreachable, ///< no engine there, no permission, or too old
        notFound,
        conflict,    ///< a name or port is taken
        notEnforced, ///< the engine accepted isolation or a limit and did not put it in force
        rolledBack,  ///< a replace failed and the old instance is back
        cancelled,
        failed, ///< anything else
    };

    OrchestratorError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
    Kind kind() const { return kind_; }

private:
    Kind kind_;
};

}
