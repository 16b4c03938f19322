#include "app/log_printer.h"

#include "app/json.h"
#include "model/timestamp.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mcpctl
{

namespace
{

constexpr std::array<std::string_view, 10> colours{"36",   "33",   "32",   "35",   "34",
                                                   "36;1", "33;1", "32;1", "35;1", "34;1"};

/// JSON is UTF-8: bytes that are none become U+FFFD.
std::string validUtf8(const std::string& text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size();)
    {
        const auto character = firstCharacter(std::string_view(text).substr(i));
        out += character.valid ? text.substr(i, character.bytes) : "\xEF\xBF\xBD";
        i += character.bytes;
    }
    return out;
}

/// How many bytes the colour at the beginning of `rest` takes, as ESC [ 1 ; 32 m; 0: there is none.
std::size_t colourAt(std::string_view rest)
{
    if (!rest.starts_with("\x1b["))
        return 0;
    const auto end = rest.find_first_not_of("0123456789;", 2);
    return end != std::string_view::npos && rest[end] == 'm' ? end + 1 : 0;
}

}

std::string harmlessLine(const std::string& text)
{
    const std::string_view all(text);
    std::string out;
    for (std::size_t i = 0; i < all.size();)
    {
        const auto rest = all.substr(i);
        if (const auto colour = colourAt(rest); colour > 0)
        {
            i += colour;
            continue;
        }
        const auto character = firstCharacter(rest);
        i += character.bytes;
        if (rest == "\r") // of a line that ends as on Windows
            break;
        const bool bad = !character.valid || (character.codePoint != '\t' && steersTerminal(character.codePoint));
        out += bad ? "?" : rest.substr(0, character.bytes);
    }
    return out;
}

LogPrinter::LogPrinter(LogStyle style, std::vector<LogLabel> labels, Write write)
    : style_(style), labels_(std::move(labels)), write_(std::move(write))
{
    for (const auto& label : labels_)
        width_ = std::max(width_, label.name.size());
}

bool LogPrinter::show(std::size_t source, const LogLine& line)
{
    const std::lock_guard lock(mutex_);
    return write_(style_.format == OutputFormat::json ? asJson(source, line) : asText(source, line));
}

void LogPrinter::finish()
{
    const std::lock_guard lock(mutex_);
    if (open_ && (style_.prefixes || style_.timestamps || style_.terminal))
        write_("\n");
    open_ = false;
}

std::string LogPrinter::asText(std::size_t source, const LogLine& line)
{
    std::string out;
    const bool same = source == lastSource_ && line.stream == lastStream_;
    const bool decorated = style_.prefixes || style_.timestamps;
    // A line that has no end yet is ended before another one begins: unless the bytes of one stream are passed on.
    const bool interrupted = open_ && (!same || (decorated && line.begins));
    if (interrupted)
        out += "\n";
    if (!open_ || interrupted)
        out += prefix(source, line);
    out += style_.terminal ? harmlessLine(line.text) : line.text;
    if (line.ends)
        out += "\n";
    open_ = !line.ends;
    lastSource_ = source;
    lastStream_ = line.stream;
    return out;
}

std::string LogPrinter::prefix(std::size_t source, const LogLine& line) const
{
    std::string out;
    if (style_.prefixes)
    {
        const auto& label = labels_.at(source);
        out = fmt::format("{:<{}}  | ", label.name, width_);
        if (style_.colour)
            out = fmt::format("\033[{}m{}\033[0m", colours.at(label.colour % colours.size()), out);
    }
    if (style_.timestamps)
        out += formatTimestamp(line.timeNanos) + " ";
    return out;
}

std::string LogPrinter::asJson(std::size_t source, const LogLine& line) const
{
    auto out = jsonObject();
    out->set("version", 1);
    out->set("instance", labels_.at(source).name);
    out->set("stream", line.stream == LogStream::out ? "stdout" : "stderr");
    out->set("time", formatTimestamp(line.timeNanos));
    out->set("text", validUtf8(line.text));
    if (!line.ends)
        out->set("partial", true);
    return jsonText(*out) + "\n";
}

}
