#pragma once

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>

namespace mcpecho
{
/// The caller's fault: no such tool, or arguments it cannot take.
struct BadToolCall : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

/// `tools` of a tools/list answer.
nlohmann::json toolList();

/// What the tool says, as it is. Throws BadToolCall.
nlohmann::json runTool(const std::string& name, const nlohmann::json& arguments);

/// The same as the result of a tools/call.
nlohmann::json toolResult(const std::string& name, const nlohmann::json& arguments);
}
