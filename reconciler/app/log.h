#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace mcpctl
{

enum class LogLevel
{
    error,
    warning,
    info,
    debug,
};

std::string_view toString(LogLevel level);

/// What a program that runs for long, or in the dark, tells: one line for each thing, with the time and the
/// level in front, on stderr. `--log-level` says how much of it. Not for the answer of a command (print())
/// nor for talk with who typed it (say()).
///
/// Any thread may use it; lines do not mix.
class Log
{
public:
    using Sink = std::function<void(const std::string& line)>;

    /// `sink` gets whole lines, with their newline; without one they go to stderr.
    explicit Log(LogLevel most, Sink sink = {});

    /// Tells `text` if `level` is wanted. Line breaks and other control characters in it become spaces: what
    /// an engine or a server says cannot look like a line of ours.
    void write(LogLevel level, std::string_view text) const;

    void error(std::string_view text) const { write(LogLevel::error, text); }
    void warning(std::string_view text) const { write(LogLevel::warning, text); }
    void info(std::string_view text) const { write(LogLevel::info, text); }
    void debug(std::string_view text) const { write(LogLevel::debug, text); }

private:
    LogLevel most_;
    Sink sink_;
};

}
