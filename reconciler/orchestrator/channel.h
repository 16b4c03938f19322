#pragma once

#include "orchestrator/live.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace mcpctl
{

/// A live connection in both directions: to the stdio of a process in an instance, or to a port of it.
/// Closed by its destructor.
///
/// Thread-safety: one thread may read while another writes; cancel() may come from any thread.
/// Every member but cancel() throws OrchestratorError when the connection breaks or was cancelled.
class Channel
{
public:
    using Clock = std::chrono::steady_clock;
    using Deadline = std::optional<Clock::time_point>; ///< none: wait for ever

    struct Reading
    {
        enum class What
        {
            bytes, ///< at least one
            end,   ///< the other side closed its output
            late,  ///< nothing came until the deadline; reading may go on
        };

        What what = What::end;
        LogStream stream = LogStream::out; ///< a port has `out` alone
        std::string_view bytes{};          ///< valid until the next read
    };

    virtual ~Channel() = default;

    /// The next bytes, as they arrive; cut anywhere.
    virtual Reading read(Deadline deadline = {}) = 0;

    /// Returns when the other side's buffers have taken all of it: a slow reader slows the writer.
    virtual void write(std::string_view bytes, Deadline deadline = {}) = 0;

    /// Ends this side's output: the process reads end of file. Reading goes on.
    virtual void closeWrite() = 0;

    /// After the end: what the process exited with; nothing where that cannot be told (a port) or not within
    /// the deadline.
    virtual std::optional<int> exitCode(Deadline deadline) = 0;

    /// Wakes whoever reads or writes, at once, and lets nobody wait again.
    virtual void cancel() noexcept = 0;
};

}
