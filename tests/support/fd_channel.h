#pragma once

#include "orchestrator/channel.h"

#include <array>
#include <atomic>

namespace mcpctl::test
{

/// A channel over file descriptors of this machine: the real thing for what speaks through pipes and sockets.
class FdChannel : public Channel
{
public:
    /// Owns them all; `err` may be -1, `in` and `out` may be the same socket.
    FdChannel(int in, int out, int err = -1);
    ~FdChannel() override;
    FdChannel(const FdChannel&) = delete;
    FdChannel& operator=(const FdChannel&) = delete;

    Reading read(Deadline deadline) override;
    void write(std::string_view bytes, Deadline deadline) override;
    void closeWrite() override;
    std::optional<int> exitCode(Deadline) override { return std::nullopt; }
    void cancel() noexcept override;

private:
    void checkCancelled() const;

    int in_; ///< to the other side; -1: closed
    int out_;
    int err_;
    std::array<int, 2> wake_{};
    std::atomic<bool> cancelled_ = false;
    std::array<char, 16384> bytes_{};
};

}
