#pragma once

#include "orchestrator/live.h"

#include <array>
#include <cstdint>
#include <functional>
#include <string>

namespace mcpctl
{

/// A line of a log, or a part of one: those that are very long are not kept whole.
struct LogLine
{
    LogStream stream = LogStream::out;
    std::int64_t timeNanos = 0; ///< of its beginning
    std::string text = {};      ///< without the newline
    bool begins = true;         ///< the first part
    bool ends = true;           ///< it was written with a newline, which is behind this part
};

/// Gets the lines; false: it has enough.
using LineSink = std::function<bool(LogLine)>;

/// Puts the lines of one instance together, each stream for itself.
class LogLines
{
public:
    /// Bytes of a line that are kept; a longer one is handed out in parts, cut between characters of UTF-8.
    static constexpr std::size_t longest = 256 * 1024;

    /// False when the sink has enough.
    bool feed(const LogPiece& piece, const LineSink& sink);

    /// Hands out what has no end: the process ended, and what it writes next is another line.
    bool flush(const LineSink& sink);

private:
    struct Open
    {
        LogLine line;
        bool any = false; ///< something of a line is there, or was handed out
    };

    static bool cut(Open& open, const LineSink& sink);

    std::array<Open, 2> open_;
};

}
