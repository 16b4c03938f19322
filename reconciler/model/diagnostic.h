#pragma once

#include "model/source.h"

#include <string>
#include <string_view>
#include <vector>

namespace mcpctl
{

/// A finding about what an author wrote. Mistakes of authors are data: all of them are collected,
/// sorted and shown at once; only failures of the world are exceptions.
struct Diagnostic
{
    enum class Severity
    {
        error,
        warning,
        note, ///< nothing is wrong; people should know
    };

    // Each with an initializer, so that a finding can be written as {.pos = ..., .message = ...}.
    Severity severity = Severity::error;
    SourcePos pos = {};
    std::string message = {};        ///< one line, no full stop
    std::string rule = {};           ///< stable id, as `unknown-field`
    std::string hint = {};           ///< how to mend it; may be empty
    std::vector<SourcePos> see = {}; ///< other places that belong to it, as the first of two duplicates
    bool hidesSource = false;        ///< the line may hold a secret, so no form of the finding shows it

    bool operator==(const Diagnostic&) const = default;
};

using Diagnostics = std::vector<Diagnostic>;

/// True when at least one finding is an error.
bool hasErrors(const Diagnostics& diagnostics);

/// `error`, `warning` or `note`.
std::string_view toString(Diagnostic::Severity severity);

/// Sorts by file, line, column, severity, rule and message, and drops repetitions: the same input
/// gives the same bytes.
void sortDiagnostics(Diagnostics& diagnostics);

/// The text form, one finding after the other:
///
///     servers.yaml:4:3: error: unknown field `imgae` [unknown-field]
///         imgae: node:20-alpine
///         ^
///       hint: did you mean `image`?
///       see: other.yaml:2:9
///
/// `texts` gives the source lines; a place whose file or line it has not is shown without one.
/// A line that one finding hides is shown for none.
/// The order is that of `diagnostics`; every line ends with a newline. Indentation is left out, a long
/// line is cut around the caret, a tab is shown as one space. Control characters, bidirectional
/// overrides and broken UTF-8 are shown as `?` wherever they come from (source line, message, file
/// name), so that a manifest cannot steer a terminal.
std::string renderDiagnostics(const Diagnostics& diagnostics, const SourceTexts& texts);

/// The candidate that `word` was probably meant to be, for "did you mean" hints: one that differs in
/// few letters (one in three, transposed neighbours count once, case does not count). The first of
/// equally near ones; empty if none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}
