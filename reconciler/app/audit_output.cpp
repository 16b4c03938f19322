#include "app/audit.h"

#include "app/json.h"
#include "app/terminal.h"

#include <fmt/format.h>

#include <set>

namespace mcpctl
{

namespace
{

using Result = AuditView::Result;

std::string word(const AuditFinding& finding)
{
    return finding.verdict == Result::fail && finding.onlyWarns ? "warning" : std::string(toString(finding.verdict));
}

/// Colours go on after the table is made: they have no width.
std::string coloured(std::string text, bool colour)
{
    if (!colour)
        return text;
    for (const auto& [verdict, ansi] : {std::pair{"\nfail ", "\033[31m"}, std::pair{"\nwarning ", "\033[33m"},
                                        std::pair{"\nunknown ", "\033[33m"}, std::pair{"\npass ", "\033[32m"}})
    {
        const std::string plain = verdict;
        const auto with = "\n" + std::string(ansi) + plain.substr(1, plain.size() - 2) + "\033[0m ";
        for (auto at = text.find(plain); at != std::string::npos; at = text.find(plain, at + with.size()))
            text.replace(at, plain.size(), with);
    }
    return text;
}

/// A table is for reading; the whole text is in the JSON.
std::string cut(const std::string& text)
{
    constexpr std::size_t longest = 60;
    return text.size() <= longest ? text : text.substr(0, longest - 3) + "...";
}

std::string cell(const AuditView& view)
{
    if (view.result == Result::none)
        return view.text.empty() ? "-" : fmt::format("- ({})", view.text);
    const auto sign = view.result == Result::pass ? "+" : view.result == Result::fail ? "!" : "?";
    return fmt::format("{} {}", sign, view.result == Result::unknown ? "unknown" : cut(view.text));
}

/// Each check once, however many instances it is about; and why what is unknown is.
std::string advice(const AuditFindings& findings)
{
    std::string out;
    std::set<std::string> told;
    for (const auto& finding : findings)
    {
        if (finding.verdict == Result::pass || !told.insert(finding.check + toString(finding.verdict).data()).second)
            continue;
        out += fmt::format("{}: {}\n", finding.check, finding.verdict == Result::fail ? finding.why : finding.title);
        for (const auto* view : {&finding.requested, &finding.engine, &finding.kernel})
            if (finding.verdict == Result::unknown && view->result == Result::unknown)
                out += fmt::format("  unknown: {}\n", view->text);
        if (finding.verdict == Result::fail && !finding.fix.empty())
            out += fmt::format("  what to do: {}\n", finding.fix);
    }
    return out;
}

Poco::JSON::Object::Ptr toJson(const AuditView& view)
{
    auto out = jsonObject();
    out->set("result", view.result == Result::none ? "none" : std::string(toString(view.result)));
    out->set("text", view.text);
    return out;
}

}

std::string renderAudit(const AuditFindings& findings, bool all, bool colour)
{
    std::vector<std::vector<std::string>> rows{{"VERDICT", "SUBJECT", "CHECK", "REQUESTED", "ENGINE", "KERNEL"}};
    for (const auto& finding : findings)
        if (all || finding.verdict != Result::pass)
            rows.push_back({word(finding), finding.subject, finding.check, cell(finding.requested),
                            cell(finding.engine), cell(finding.kernel)});
    const auto summary = summarize(findings);
    std::string out;
    if (rows.size() > 1)
        out = coloured(renderTable(rows), colour) + "\n" + advice(findings) + "\n";
    return out + fmt::format("{} checks: {} passed, {} failed, {} warnings, {} unknown\n", findings.size(),
                             summary.pass, summary.fail, summary.warn, summary.unknown);
}

std::string auditJson(const AuditFindings& findings, const std::string& project)
{
    auto out = jsonObject();
    out->set("version", 1);
    out->set("project", project);
    const auto summary = summarize(findings);
    auto counts = jsonObject();
    counts->set("pass", summary.pass);
    counts->set("fail", summary.fail);
    counts->set("warning", summary.warn);
    counts->set("unknown", summary.unknown);
    out->set("summary", counts);
    Poco::JSON::Array::Ptr array = new Poco::JSON::Array;
    for (const auto& finding : findings)
    {
        auto each = jsonObject();
        each->set("verdict", word(finding));
        each->set("subject", finding.subject);
        each->set("check", finding.check);
        each->set("title", finding.title);
        each->set("requested", toJson(finding.requested));
        each->set("engine", toJson(finding.engine));
        each->set("kernel", toJson(finding.kernel));
        each->set("why", finding.why);
        each->set("fix", finding.fix);
        each->set("place", toString(finding.place));
        array->add(each);
    }
    out->set("findings", array);
    return jsonText(*out) + "\n";
}

}
