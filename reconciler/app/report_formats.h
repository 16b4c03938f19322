#pragma once

#include "app/options.h"
#include "model/diagnostic.h"
#include "model/plan.h"
#include "validate/rule_info.h"

#include <string>
#include <vector>

/// Findings in the forms that reviewers read: code scanning, test reports, annotations and comments of a pull
/// request. Whatever a manifest says stays text in all of them: it ends no line, no element, no cell and gives no
/// workflow command. A finding needs no place.
namespace mcpctl
{

struct FindingsReport
{
    std::string title; ///< what was asked, as `mcpctl validate`
    Diagnostics diagnostics;
    SourceTexts texts;           ///< to tell where what is meant ends; may be empty
    std::vector<RuleInfo> rules; ///< all that were asked, also those with nothing to say
    std::string folder;          ///< names of files are told from here: the root of the checkout
};

bool isReport(OutputFormat format);

/// `report` in a format that isReport(). Ends with a newline.
std::string renderReport(OutputFormat format, const FindingsReport& report);

/// SARIF 2.1.0: one run, all rules with their help, columns in characters, and a fingerprint of each finding that
/// stays when lines move.
std::string sarifReport(const FindingsReport& report);

/// JUnit XML: a test for each finding and for each rule that found nothing. An error is a failure.
std::string junitReport(const FindingsReport& report);

/// Workflow commands of GitHub, one for each finding.
std::string githubReport(const FindingsReport& report);

/// A table for a comment.
std::string markdownReport(const FindingsReport& report);

/// Findings as 1 error, 2 warnings, 1 note; `nothing` where there are none.
std::string countsOf(const Diagnostics& diagnostics);

/// `file` as seen from `folder`; as it is where it lies elsewhere.
std::string fileFrom(const std::string& folder, const std::string& file);

/// `text` as text in a table of Markdown: what is in backticks becomes code.
std::string markdownText(std::string_view text);

/// What a plan has to say, as findings: a step that is blocked is an error, all others are notes.
Diagnostics findingsOf(const Plan& plan);

/// A plan for a comment: its first line, and the whole of it to be unfolded.
std::string markdownPlan(const Plan& plan);

}
