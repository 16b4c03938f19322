#pragma once

#include "app/log_lines.h"
#include "app/options.h"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace mcpctl
{

/// How logs are shown.
struct LogStyle
{
    OutputFormat format = OutputFormat::text;
    bool timestamps = false;
    bool prefixes = false; ///< the instance's name before each line
    bool colour = false;   ///< of the prefixes
    bool terminal = false; ///< people look at it: nothing may steer their terminal
};

/// An instance as the printer shows it.
struct LogLabel
{
    std::string name;
    std::size_t colour = 0; ///< any number; the same one is the same colour
};

/// Shows lines of several logs on one output, never two mixed. Without prefixes, timestamps and a terminal it passes
/// bytes as they are. Thread-safe.
class LogPrinter
{
public:
    /// `write` gets text that is to be written at once; false: nobody reads it any more.
    using Write = std::function<bool(const std::string& text)>;

    LogPrinter(LogStyle style, std::vector<LogLabel> labels, Write write);

    /// `source`: position in the labels. False: nobody reads any more.
    bool show(std::size_t source, const LogLine& line);

    /// Ends a line that has no end, where it would be in the way of what comes next on a terminal.
    void finish();

private:
    std::string asText(std::size_t source, const LogLine& line);
    std::string asJson(std::size_t source, const LogLine& line) const;
    std::string prefix(std::size_t source, const LogLine& line) const;

    const LogStyle style_;
    const std::vector<LogLabel> labels_;
    const Write write_;
    std::size_t width_ = 0; ///< of the longest name

    std::mutex mutex_;
    bool open_ = false; ///< the last line shown has no end yet; guarded by mutex_
    std::size_t lastSource_ = 0;
    LogStream lastStream_ = LogStream::out;
};

/// `text` without what could move a terminal's cursor, hide something or change the order of what is read: such
/// characters and what is no UTF-8 become `?`, colours go without a trace.
std::string harmlessLine(const std::string& text);

}
