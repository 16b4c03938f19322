#pragma once

#include <nlohmann/json.hpp>

namespace mcpecho
{
/// What this process sees of the container around it: the witness of tests about isolation and
/// limits. A limit that is not set is null.
nlohmann::json insideView();
}
