#pragma once

#include "model/diagnostic.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcpctl
{

/// What a step found out, and what was wrong with what it read. The value is to be used only as far as
/// no error stands against it.
template <typename Value>
struct Found
{
    Value value;
    Diagnostics diagnostics;
};

Diagnostic makeError(SourcePos pos, std::string rule, std::string message, std::string hint = {},
                     std::vector<SourcePos> see = {});
Diagnostic makeWarning(SourcePos pos, std::string rule, std::string message, std::string hint = {},
                       std::vector<SourcePos> see = {});
Diagnostic makeNote(SourcePos pos, std::string rule, std::string message);

/// `text` in backticks, on one line, without control characters, cut to some sixty characters: what an
/// author wrote, fit to stand in a message.
std::string quoted(std::string_view text);

/// "`a`, `b`, `c`".
std::string quotedList(const std::vector<std::string>& texts);

/// "did you mean `x`?" for the candidate nearest to `text`; when none is near, "known: `a`, `b`" as
/// long as that stays short; else empty.
std::string suggestion(const std::string& text, const std::vector<std::string>& candidates);

}
