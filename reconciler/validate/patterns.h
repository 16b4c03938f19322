#pragma once

#include <memory>
#include <string>

namespace mcpctl
{

/// Regular expressions (ECMAScript, as JSON Schema has them) by their text, each compiled once. For one
/// thread at a time. The only place besides valijson that knows <regex>.
class PatternCache
{
public:
    PatternCache();
    ~PatternCache();
    PatternCache(const PatternCache&) = delete;
    PatternCache& operator=(const PatternCache&) = delete;

    /// Whether `pattern` is found somewhere in `text`, which must not be longer than some 8 KiB:
    /// std::regex recurses once per character.
    bool matches(const std::string& pattern, const std::string& text);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}
