#pragma once

#include "load/load.h"
#include "load/source_text.h"

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace mcpctl
{

/// One value as it was written: before aliases, merge keys and types mean anything.
struct YamlNode
{
    enum class Kind
    {
        scalar, ///< `tag` and `text`; an empty plain one is null
        sequence,
        mapping, ///< `children` are key, value, key, value ...
        alias,   ///< of `target`, which is never a node around it: there are no cycles
    };

    Kind kind = Kind::scalar;
    SourcePos pos = {};    ///< of a block mapping: its first key
    std::string tag = "?"; ///< `?` for none, `!` for a quoted scalar, else a full tag
    std::string text = {};
    std::vector<const YamlNode*> children = {};
    const YamlNode* target = nullptr;
    bool isBlock = false; ///< a mapping written on lines of its own, not in `{ }`
};

/// The tree of one document. `nodes` owns what the pointers refer to; it can be moved.
struct YamlTree
{
    std::deque<YamlNode> nodes;
    const YamlNode* root = nullptr; ///< null: no content, or a finding that left nothing usable
    Diagnostics diagnostics;
};

/// The finding about a file that is too large once it is understood, or that aliases make so.
Diagnostic tooManyNodes(const SourcePos& pos, const LoadLimits& limits);

/// Parses one document. Stops at the first syntax error, over limits.maxDepth, and after `maxNodes`.
YamlTree parseYaml(SourceText& source, DocumentRange range, const LoadLimits& limits, std::size_t maxNodes);

}
