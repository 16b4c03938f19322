#include "model/diagnostic.h"
#include "model/utf8.h"

#include <algorithm>
#include <optional>
#include <set>

namespace mcpctl
{

namespace
{

bool within(char32_t c, char32_t first, char32_t last)
{
    return c >= first && c <= last;
}

// How many cells of a terminal it takes: enough of the Unicode tables to put a caret right.
int cells(char32_t p)
{
    if (within(p, 0x300, 0x36F) || within(p, 0x200B, 0x200D) || within(p, 0xFE00, 0xFE0F))
        return 0;
    const bool wide = within(p, 0x1100, 0x115F) || within(p, 0x2E80, 0xA4CF) || within(p, 0xAC00, 0xD7A3) ||
                      within(p, 0xF900, 0xFAFF) || within(p, 0xFE30, 0xFE6F) || within(p, 0xFF00, 0xFF60) ||
                      within(p, 0xFFE0, 0xFFE6) || within(p, 0x1F300, 0x1F64F) || within(p, 0x1F900, 0x1F9FF) ||
                      within(p, 0x20000, 0x3FFFD);
    return wide ? 2 : 1;
}

struct Cell
{
    std::string shown;
    int width = 1;
};

std::vector<Cell> cellsOf(std::string_view line)
{
    std::vector<Cell> shown;
    for (std::size_t i = 0; i < line.size();)
    {
        const Utf8Character c = firstCharacter(line.substr(i));
        if (c.codePoint == '\t')
            shown.push_back({" ", 1});
        else if (!c.valid || steersTerminal(c.codePoint))
            shown.push_back({"?", 1});
        else
            shown.push_back({std::string(line.substr(i, c.bytes)), cells(c.codePoint)});
        i += c.bytes;
    }
    return shown;
}

std::string harmless(std::string_view text)
{
    std::string shown;
    for (const Cell& cell : cellsOf(text))
        shown += cell.shown;
    return shown;
}

// A long line is cut to this many characters before and after the caret.
constexpr std::size_t shownBefore = 60, shownAfter = 80;

// The source line without its indentation, and below it a caret under `column`; that may be one
// behind the line's end. A column of 0 or far outside has no caret.
std::string excerpt(std::string_view line, int column)
{
    // What no cut can show need not be looked at: a file can be one line of a megabyte.
    const auto caret = column > 0 ? std::optional<std::size_t>(column - 1) : std::nullopt;
    const std::size_t enough = 4 * (caret.value_or(0) + shownAfter + 1);
    const bool longer = line.size() > enough;
    const std::vector<Cell> all = cellsOf(line.substr(0, enough));

    std::size_t first = 0;
    while (first < all.size() && all[first].shown == " " && first != caret)
        ++first;
    if (first == all.size())
        return {};
    const bool cutBefore = caret && *caret > first + shownBefore;
    if (cutBefore)
        first = *caret - shownBefore;
    const std::size_t end = std::min(all.size(), std::max(first, caret.value_or(first)) + shownAfter);

    std::string text = cutBefore ? "    ..." : "    ";
    std::string below(text.size(), ' ');
    for (std::size_t i = first; i < end; ++i)
    {
        text += all[i].shown;
        if (caret && i < *caret)
            below.append(static_cast<std::size_t>(all[i].width), ' ');
    }
    if (end < all.size() || longer)
        text += "...";
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
    if (caret && *caret >= first && *caret <= end)
        text += below + "^\n";
    return text;
}

using Lines = std::vector<std::string_view>;

Lines linesOf(std::string_view text)
{
    constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(byteOrderMark))
        text.remove_prefix(byteOrderMark.size());
    Lines lines;
    while (!text.empty())
    {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string place(const SourcePos& pos)
{
    std::string text = toString(pos);
    if (!text.empty() && pos.line > 0 && pos.column > 0)
        text += ":" + std::to_string(pos.column);
    return text;
}

std::string firstLine(const Diagnostic& d)
{
    std::string text = place(d.pos);
    if (!text.empty())
        text += ": ";
    text += std::string(toString(d.severity)) + ": ";
    text += d.message;
    if (!d.rule.empty())
        text += " [" + d.rule + "]";
    return harmless(text) + "\n";
}

}

std::string renderDiagnostics(const Diagnostics& diagnostics, const SourceTexts& texts)
{
    std::map<std::string, Lines> linesByFile; // split once, however many findings a file has
    std::set<std::pair<std::string, int>> hidden;
    for (const Diagnostic& d : diagnostics)
        if (d.hidesSource)
            hidden.emplace(d.pos.file.text(), d.pos.line);
    std::string text;
    for (const Diagnostic& d : diagnostics)
    {
        text += firstLine(d);
        const auto source = texts.find(d.pos.file.text());
        if (source != texts.end() && d.pos.line > 0 && !hidden.contains({d.pos.file.text(), d.pos.line}))
        {
            const auto [lines, isNew] = linesByFile.try_emplace(d.pos.file.text());
            if (isNew)
                lines->second = linesOf(source->second);
            if (const auto index = static_cast<std::size_t>(d.pos.line) - 1; index < lines->second.size())
                text += excerpt(lines->second[index], d.pos.column);
        }
        if (!d.hint.empty())
            text += "  hint: " + harmless(d.hint) + "\n";
        for (const SourcePos& other : d.see)
            text += "  see: " + harmless(place(other)) + "\n";
    }
    return text;
}

}
