#pragma once

#include "load/source_text.h"

#include <optional>
#include <string>
#include <vector>

namespace mcpctl
{

/// What yaml-cpp had to say about a text, and what was known at that point. Offsets are the file's.
struct SyntaxError
{
    std::string theirs;     ///< its message
    std::size_t offset = 0; ///< where it gave up
    std::size_t documentBegin = 0, documentEnd = 0;
    std::size_t lastScalar = 0;        ///< where the last key or value began that it could read
    std::optional<SourcePos> openedAt; ///< where the innermost mapping or sequence began
    std::vector<std::string> anchors;  ///< those known so far
};

/// The same in words for an author, with a hint: yaml-cpp's own are about its tokens.
Diagnostic explain(const SyntaxError& error, SourceText& source);

/// True when the scalar at `offset` (its tag and anchor included) begins with a quote that is not closed
/// before `end`. yaml-cpp silently accepts that at the end of a text, which is how a file looks that
/// was cut off.
bool isUnclosed(std::string_view text, std::size_t offset, std::size_t end);
Diagnostic explainUnclosed(SourcePos quote);

}
