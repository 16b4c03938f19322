#pragma once

#include "orchestrator/live.h"

#include <optional>
#include <string>
#include <vector>

namespace mcpctl
{

/// What one instance uses, as `mcpctl stats` shows it.
struct Usage
{
    std::string instance;
    std::string id;
    Stats stats;
    std::optional<double> cpuPercent; ///< nothing until it was measured twice
};

/// A table for people, with a head.
std::string usageTable(const std::vector<Usage>& usages);

/// A line of JSON (docs/json.md) for each.
std::string usageJson(const std::vector<Usage>& usages);

}
