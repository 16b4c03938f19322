#pragma once

#include "docker/log_frames.h"
#include "orchestrator/live.h"

#include <string>

namespace mcpctl::docker
{

/// Takes the time off the front of each frame, where the engine puts it when it is asked for `timestamps`: RFC 3339 and
/// a space, before every part of a line that it keeps in several (from 16 KiB on), too. A stamp may arrive in pieces.
///
/// Of a log that is followed, Engine 20.10 tells the last line before each rotation of the file twice. Such a frame, a
/// whole line that is the one before it again to the nanosecond, is left out. For that the last frame is kept, and
/// nothing else.
class LogStamps
{
public:
    LogStamps(const LogSink& sink, bool follows) : sink_(sink), follows_(follows) {}

    /// A FrameSink. Throws OrchestratorError (failed) for a frame that does not begin with a time.
    bool feed(LogStream stream, std::string_view bytes, bool begins);

private:
    static constexpr std::size_t longest = 40; ///< bytes of a stamp; with nanoseconds and a time zone it has 35

    /// Takes bytes of the stamp; true when it is complete.
    bool finishStamp(LogStream stream, std::string_view& bytes);
    /// What is the last frame again so far was no repetition: hands it out.
    bool release();
    bool hand(std::string_view text);

    const LogSink& sink_;
    const bool follows_;
    std::string stamp_;
    bool inStamp_ = false;
    LogStream stream_ = LogStream::out; ///< of the last frame, as are the next two
    std::int64_t timeNanos_ = 0;
    std::string last_;         ///< its text
    bool repeats_ = false;     ///< this frame is the last one again, so far
    std::size_t repeated_ = 0; ///< bytes of `last_` that came again
};

}
