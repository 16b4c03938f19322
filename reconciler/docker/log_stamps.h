#pragma once

#include "docker/log_frames.h"
#include "orchestrator/live.h"

#include <string>

namespace mcpctl::docker
{

/// Takes the time off the front of each frame, where the engine puts it when it is asked for `timestamps`: RFC 3339 and
/// a space, before every part of a line that it keeps in several (from 16 KiB on), too. A stamp may arrive in pieces.
/// Nothing is kept but a stamp in the making.
class LogStamps
{
public:
    explicit LogStamps(const LogSink& sink) : sink_(sink) {}

    /// A FrameSink. Throws OrchestratorError (failed) for a frame that does not begin with a time.
    bool feed(LogStream stream, std::string_view bytes, bool begins);

private:
    static constexpr std::size_t longest = 40; ///< bytes; with nanoseconds and a time zone it is 35

    const LogSink& sink_;
    std::string stamp_;
    bool inStamp_ = false;
    std::int64_t timeNanos_ = 0;
};

}
