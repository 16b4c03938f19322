#include "app/report_formats.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace mcpctl
{

namespace
{

// A comment takes 65536 characters.
constexpr std::size_t mostRows = 100;
constexpr std::size_t mostCharacters = 400;
constexpr std::size_t mostPlan = 50'000;

/// As an entity no character has a meaning in Markdown or HTML. Code names nobody; outside of it a name behind an `@`
/// would call somebody.
std::string inert(std::string_view text, bool isCode)
{
    std::string out;
    for (const char c : text)
    {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F)
            out += ' ';
        else if (byte >= 0x80 || std::isalnum(byte) != 0 ||
                 std::string_view(" /.,-=?%;").find(c) != std::string_view::npos)
            out += c;
        else
            out += fmt::format("&#{};", byte);
        if (c == '@' && !isCode)
            out += "\u200B";
    }
    return out;
}

std::string cut(std::string text, std::size_t most)
{
    if (text.size() <= most)
        return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80)
        --most;
    return text.substr(0, most) + "...";
}

std::string placeOf(const SourcePos& pos, const std::string& folder)
{
    auto shown = pos;
    shown.file = pos.file.empty() ? "" : fileFrom(folder, pos.file.text());
    return toString(shown);
}

/// More backticks than anywhere in `text`.
std::string fenceFor(std::string_view text)
{
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text)
    {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return std::string(std::max<std::size_t>(3, longest + 1), '`');
}

}

std::string markdownText(std::string_view text)
{
    const std::string valid = cut(validUtf8(text), mostCharacters);
    std::string out;
    std::string_view rest = valid;
    while (!rest.empty())
    {
        const auto begin = rest.find('`');
        const auto end = begin == std::string_view::npos ? begin : rest.find('`', begin + 1);
        if (end == std::string_view::npos)
            return out + inert(rest, false);
        out += inert(rest.substr(0, begin), false);
        out += "<code>" + inert(rest.substr(begin + 1, end - begin - 1), true) + "</code>";
        rest.remove_prefix(end + 1);
    }
    return out;
}

std::string markdownReport(const FindingsReport& report)
{
    std::string out = fmt::format("**{}**: {}\n", inert(report.title, false), countsOf(report.diagnostics));
    if (report.diagnostics.empty())
        return out;
    out += "\n| | Where | Rule | What | How to mend it |\n|---|---|---|---|---|\n";
    for (std::size_t i = 0; i < std::min(mostRows, report.diagnostics.size()); ++i)
    {
        const Diagnostic& finding = report.diagnostics[i];
        const auto place = placeOf(finding.pos, report.folder);
        out += fmt::format("| {} | {} | {} | {} | {} |\n", toString(finding.severity),
                           place.empty() ? "" : "<code>" + inert(validUtf8(place), true) + "</code>",
                           inert(finding.rule, false), markdownText(finding.message), markdownText(finding.hint));
    }
    if (report.diagnostics.size() > mostRows)
        out += fmt::format("\nand {} more\n", report.diagnostics.size() - mostRows);
    return out;
}

std::string markdownPlan(const Plan& plan)
{
    const auto text = validUtf8(renderPlan(plan));
    const auto shown = cut(text, mostPlan);
    const auto fence = fenceFor(shown);
    return fmt::format(
        "**mcpctl plan**: {}\n\n<details><summary>the whole plan</summary>\n\n{}\n{}{}{}\n\n</details>\n",
        inert(text.substr(0, text.find('\n')), false), fence, shown, shown.ends_with("\n") ? "" : "\n", fence);
}

}
