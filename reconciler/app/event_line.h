#pragma once

#include "orchestrator/live.h"

#include <string>

namespace mcpctl
{

/// An event for people: local time, instance, type, details. With `colour`, what is bad news is red.
std::string eventLine(const Event& event, bool colour);

/// An event as a line of JSON (docs/json.md).
std::string eventJson(const Event& event);

}
