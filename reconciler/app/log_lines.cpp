#include "app/log_lines.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace mcpctl
{

namespace
{

/// Where to cut so that no character of UTF-8 is broken; bytes that are none are cut anywhere.
std::size_t wholeCharacters(std::string_view text)
{
    for (std::size_t back = 1; back <= 4 && back <= text.size(); ++back)
    {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xC0U) == 0x80U)
            continue;
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return length > back ? text.size() - back : text.size();
    }
    return text.size();
}

}

bool LogLines::feed(const LogPiece& piece, const LineSink& sink)
{
    auto& open = open_[piece.stream == LogStream::out ? 0 : 1];
    for (auto rest = piece.text; !rest.empty();)
    {
        if (!open.any)
            open = {.line = {.stream = piece.stream, .timeNanos = piece.timeNanos, .ends = false}, .any = true};
        const auto end = rest.find('\n');
        const auto taken = std::min({end, rest.size(), longest - open.line.text.size()});
        open.line.text += rest.substr(0, taken);
        rest.remove_prefix(taken);
        if (taken == end)
        {
            rest.remove_prefix(1);
            open.line.ends = true;
            open.any = false;
            if (!sink(std::move(open.line)))
                return false;
        }
        else if (open.line.text.size() == longest && !cut(open, sink))
            return false;
    }
    return true;
}

bool LogLines::cut(Open& open, const LineSink& sink)
{
    auto& line = open.line;
    const auto whole = wholeCharacters(line.text);
    LogLine next{.stream = line.stream,
                 .timeNanos = line.timeNanos,
                 .text = line.text.substr(whole),
                 .begins = false,
                 .ends = false};
    line.text.resize(whole);
    const bool more = sink(std::move(line));
    line = std::move(next);
    return more;
}

bool LogLines::flush(const LineSink& sink)
{
    for (auto& open : open_)
    {
        const bool left = std::exchange(open.any, false) && !open.line.text.empty();
        if (left && !sink(std::move(open.line)))
            return false;
    }
    return true;
}

}
