// Workflow commands (docs.github.com, "Workflow commands for GitHub Actions"): the runner takes any line that begins
// with `::`, spaces before it left out, and knows %25, %0D, %0A, in properties also %3A and %2C.
#include "app/report_formats.h"
#include "model/utf8.h"

#include <fmt/format.h>

namespace mcpctl
{

namespace
{

std::string escaped(const std::string& text, bool isProperty)
{
    std::string out;
    for (const char c : validUtf8(text))
        if (c == '%' || c == '\r' || c == '\n' || (isProperty && (c == ':' || c == ',')))
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        else
            out += c;
    return out;
}

std::string_view commandOf(Diagnostic::Severity severity)
{
    return severity == Diagnostic::Severity::note ? "notice" : toString(severity);
}

std::string annotation(const Diagnostic& finding, const std::string& folder)
{
    std::string properties;
    const auto add = [&](std::string_view name, const std::string& value)
    { properties += fmt::format("{}{}={}", properties.empty() ? "" : ",", name, escaped(value, true)); };
    if (!finding.pos.file.empty())
        add("file", fileFrom(folder, finding.pos.file.text()));
    if (finding.pos.line > 0)
        add("line", std::to_string(finding.pos.line));
    if (finding.pos.line > 0 && finding.pos.column > 0)
        add("col", std::to_string(finding.pos.column));
    add("title", finding.rule.empty() ? "mcpctl" : finding.rule);
    const auto text = finding.message + (finding.hint.empty() ? "" : "\nhint: " + finding.hint);
    return fmt::format("::{} {}::{}\n", commandOf(finding.severity), properties, escaped(text, false));
}

}

std::string githubReport(const FindingsReport& report)
{
    std::string out;
    for (const Diagnostic& finding : report.diagnostics)
        out += annotation(finding, report.folder);
    return out +
           annotation(
               {.severity = Diagnostic::Severity::note, .message = countsOf(report.diagnostics), .rule = report.title},
               report.folder);
}

}
