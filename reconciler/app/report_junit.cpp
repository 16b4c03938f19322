#include "app/report_formats.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <set>

namespace mcpctl
{

namespace
{

/// As XML 1.0 takes it: of control characters it knows but three.
std::string xml(std::string_view text)
{
    std::string out;
    for (std::string_view rest = text; !rest.empty();)
    {
        const auto c = firstCharacter(rest);
        const auto bytes = rest.substr(0, c.bytes);
        rest.remove_prefix(c.bytes);
        if (!c.valid || (c.codePoint < 0x20 && c.codePoint != '\t' && c.codePoint != '\n' && c.codePoint != '\r') ||
            c.codePoint == 0xFFFE || c.codePoint == 0xFFFF)
            out += '?';
        else if (c.codePoint < 0x20 || std::string_view("&<>\"'").find(bytes) != std::string_view::npos)
            out += fmt::format("&#{};", static_cast<unsigned>(c.codePoint));
        else
            out += bytes;
    }
    return out;
}

std::string placeOf(const SourcePos& pos, const std::string& folder)
{
    if (pos.file.empty())
        return "";
    return toString(SourcePos{fileFrom(folder, pos.file.text()), pos.line, pos.column}) +
           (pos.line > 0 && pos.column > 0 ? ":" + std::to_string(pos.column) : "");
}

std::string testOf(const Diagnostic& finding, const std::string& folder)
{
    const auto place = placeOf(finding.pos, folder);
    const auto text = fmt::format("{}{}{}{}", place, place.empty() ? "" : ": ", finding.message,
                                  finding.hint.empty() ? "" : "\nhint: " + finding.hint);
    const auto head = fmt::format(
        "  <testcase classname=\"{}\" name=\"{}\"{}>", xml(finding.rule), xml(place.empty() ? finding.message : place),
        finding.pos.file.empty() ? "" : fmt::format(" file=\"{}\"", xml(fileFrom(folder, finding.pos.file.text()))));
    if (finding.severity == Diagnostic::Severity::error)
        return fmt::format("{}<failure message=\"{}\" type=\"{}\">{}</failure></testcase>\n", head,
                           xml(finding.message), xml(finding.rule), xml(text));
    return fmt::format("{}<system-out>{}: {}</system-out></testcase>\n", head, toString(finding.severity), xml(text));
}

}

std::string junitReport(const FindingsReport& report)
{
    std::string tests;
    std::set<std::string> spoke;
    std::size_t count = report.diagnostics.size(), failures = 0;
    for (const Diagnostic& finding : report.diagnostics)
    {
        tests += testOf(finding, report.folder);
        failures += finding.severity == Diagnostic::Severity::error;
        spoke.insert(finding.rule);
    }
    for (const RuleInfo& rule : report.rules)
        if (!spoke.contains(rule.id))
        {
            tests += fmt::format("  <testcase classname=\"{}\" name=\"found nothing\"/>\n", xml(rule.id));
            ++count;
        }
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"{}\" tests=\"{}\" "
                       "failures=\"{}\" errors=\"0\" skipped=\"0\">\n{}</testsuite>\n</testsuites>\n",
                       xml(report.title), count, failures, tests);
}

}
