#include "load/source_text.h"

#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

int countCharacters(std::string_view text)
{
    return static_cast<int>(std::count_if(text.begin(), text.end(),
                                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

bool isBoundary(std::string_view text, std::size_t line, std::string_view marker)
{
    const std::string_view rest = text.substr(line);
    return rest.starts_with(marker) &&
           (rest.size() == 3 || std::string_view(" \t\r\n").find(rest[3]) != std::string_view::npos);
}

}

SourceText::SourceText(FileName file, std::string_view text) : file_(std::move(file)), text_(text)
{
    constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(byteOrderMark))
        text_.remove_prefix(byteOrderMark.size());
    for (std::size_t i = text_.find('\n'); i != std::string_view::npos; i = text_.find('\n', i + 1))
        lineStarts_.push_back(i + 1);
}

std::size_t SourceText::lineIndex(std::size_t offset) const
{
    const auto next = std::upper_bound(lineStarts_.begin(), lineStarts_.end(), offset);
    return static_cast<std::size_t>(next - lineStarts_.begin()) - 1;
}

std::size_t SourceText::lineStart(std::size_t offset) const
{
    return lineStarts_[lineIndex(offset)];
}

std::string_view SourceText::lineAt(std::size_t offset) const
{
    const std::size_t start = lineStart(offset);
    std::string_view line = text_.substr(start, text_.find('\n', start) - start);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

SourcePos SourceText::at(std::size_t offset)
{
    offset = std::min(offset, text_.size());
    const std::size_t line = lineIndex(offset);
    if (line != knownLine_)
    {
        knownLine_ = line;
        knownOffset_ = lineStarts_[line];
        knownColumn_ = 1;
    }
    if (offset >= knownOffset_)
        knownColumn_ += countCharacters(text_.substr(knownOffset_, offset - knownOffset_));
    else
        knownColumn_ -= countCharacters(text_.substr(offset, knownOffset_ - offset));
    knownOffset_ = offset;
    return {file_, static_cast<int>(line) + 1, knownColumn_};
}

std::optional<Diagnostic> findBadCharacter(SourceText& source)
{
    const std::string_view text = source.text();
    for (std::size_t i = 0; i < text.size();)
    {
        const Utf8Character c = firstCharacter(text.substr(i));
        if (!c.valid)
            return Diagnostic{.pos = source.at(i),
                              .message =
                                  fmt::format("byte 0x{:02X} is no valid UTF-8", static_cast<unsigned char>(text[i])),
                              .rule = "encoding",
                              .hint = "save the file as UTF-8"};
        const bool loneReturn = c.codePoint == '\r' && !text.substr(i + 1).starts_with('\n');
        if (loneReturn)
            return Diagnostic{.pos = source.at(i),
                              .message = "carriage return without a line feed",
                              .rule = "control-character",
                              .hint = "end lines with LF or CRLF"};
        const bool control =
            (c.codePoint < 0x20 && c.codePoint != '\t' && c.codePoint != '\n' && c.codePoint != '\r') ||
            (c.codePoint >= 0x7F && c.codePoint <= 0x9F);
        if (control)
            return Diagnostic{.pos = source.at(i),
                              .message = fmt::format("control character U+{:04X}", static_cast<unsigned>(c.codePoint)),
                              .rule = "control-character",
                              .hint = "remove it, or write it as an escape in double quotes"};
        i += c.bytes;
    }
    return std::nullopt;
}

std::vector<DocumentRange> splitDocuments(std::string_view text)
{
    std::vector<DocumentRange> ranges;
    std::size_t begin = 0;
    const auto cutAt = [&](std::size_t end)
    {
        if (end > begin)
            ranges.push_back({begin, end});
        begin = end;
    };
    for (std::size_t line = 0; line < text.size();)
    {
        const std::size_t next = std::min(text.find('\n', line), text.size() - 1) + 1;
        if (isBoundary(text, line, "---"))
            cutAt(line);
        else if (isBoundary(text, line, "..."))
            cutAt(next);
        line = next;
    }
    cutAt(text.size());
    return ranges;
}

}
