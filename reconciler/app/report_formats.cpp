#include "app/report_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace mcpctl
{

bool isReport(OutputFormat format)
{
    return format == OutputFormat::sarif || format == OutputFormat::junit || format == OutputFormat::github ||
           format == OutputFormat::markdown;
}

std::string renderReport(OutputFormat format, const FindingsReport& report)
{
    switch (format)
    {
    case OutputFormat::sarif:
        return sarifReport(report);
    case OutputFormat::junit:
        return junitReport(report);
    case OutputFormat::github:
        return githubReport(report);
    case OutputFormat::markdown:
        return markdownReport(report);
    case OutputFormat::text:
    case OutputFormat::json:
    case OutputFormat::wide:
        break;
    }
    throw std::logic_error("this format is no report");
}

std::string countsOf(const Diagnostics& diagnostics)
{
    std::string out;
    for (const auto severity : {Diagnostic::Severity::error, Diagnostic::Severity::warning, Diagnostic::Severity::note})
        if (const auto count = std::count_if(diagnostics.begin(), diagnostics.end(),
                                             [&](const Diagnostic& each) { return each.severity == severity; });
            count > 0)
            out += fmt::format("{}{} {}{}", out.empty() ? "" : ", ", count, toString(severity), count == 1 ? "" : "s");
    return out.empty() ? "nothing" : out;
}

std::string fileFrom(const std::string& folder, const std::string& file)
{
    const auto path = std::filesystem::path(file).lexically_normal();
    if (!path.is_absolute() || folder.empty())
        return path.string();
    const auto relative = path.lexically_relative(std::filesystem::path(folder).lexically_normal());
    return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

Diagnostics findingsOf(const Plan& plan)
{
    Diagnostics findings;
    for (const Step& step : plan.steps)
    {
        const bool blocked = has<action::Blocked>(step);
        findings.push_back({.severity = blocked ? Diagnostic::Severity::error : Diagnostic::Severity::note,
                            .pos = step.place,
                            .message = fmt::format("{} {}: {}", verbOf(step), step.object, step.because),
                            .rule = blocked ? "plan-blocked" : "plan-step"});
    }
    for (const auto& note : plan.notes)
        findings.push_back({.severity = Diagnostic::Severity::note, .message = note, .rule = "plan-note"});
    return findings;
}

}
