#pragma once

#include "load/load.h"
#include "load/yaml_tree.h"

#include <cstddef>
#include <optional>

namespace mcpctl
{

/// A tree as typed values, with what was found on the way.
struct Converted
{
    std::optional<Document> document; ///< absent: no content, no mapping, or over a limit
    Diagnostics diagnostics;
    std::size_t nodes = 0; ///< keys and values, aliases and merge keys written out
};

/// Types every scalar, writes out aliases and merge keys, and notes where each value stands. What costs
/// more than `maxNodes` is given up: a few lines of aliases can stand for millions of values.
Converted toDocument(const YamlTree& tree, const std::string& file, const LoadLimits& limits, std::size_t maxNodes);

}
