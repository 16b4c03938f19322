#pragma once

#include "mcp/probe.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace mcpctl::mcp
{

/// A channel that a stop wakes up, read piece by piece into a buffer.
class Connection
{
public:
    using Clock = Channel::Clock;
    using What = Channel::Reading::What;

    /// Throws OrchestratorError when the channel cannot be opened.
    Connection(const Open& open, const std::stop_token& stop)
        : channel_(open()), onStop_(stop, [this] { channel_->cancel(); })
    {
    }

    Channel& channel() { return *channel_; }

    /// Waits for more, and appends it to the buffer.
    What fill(Clock::time_point deadline);
    /// What came and has not been taken.
    std::string& buffer() { return buffer_; }
    /// The next line without its end, where there is a whole one.
    std::optional<std::string> takeLine();
    /// The last of what a process wrote to stderr.
    const std::string& lastWords() const { return lastWords_; }

private:
    std::unique_ptr<Channel> channel_;
    std::string buffer_;
    std::size_t searched_ = 0; ///< so much of the buffer has no end of line
    std::string lastWords_;
    std::stop_callback<std::function<void()>> onStop_; ///< last: it uses the channel
};

}
