#pragma once

#include "app/exit_code.h"
#include "app/pipeline.h"
#include "app/report_formats.h"
#include "model/outcome.h"

#include <string>

namespace mcpctl
{

/// Writes `text` to stdout. Throws std::runtime_error when that fails: a full disk or a closed pipe must
/// not look like success.
void print(const std::string& text);
/// Writes `text` to stderr; a failure to do so has nobody to be told.
void say(const std::string& text);

/// The findings, on stderr.
void sayDiagnostics(const Declared& declared);

/// The findings with all rules of the policy, told from the working folder.
FindingsReport reportOf(const std::string& title, const Declared& declared);

/// 1 when a step failed, else 7 when one was rolled back, else 0.
ExitCode exitCodeOf(const Outcomes& outcomes);

/// How a run ended, for people: the failures, and one line that counts.
std::string renderOutcomes(const Outcomes& outcomes);

}
