#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

namespace mcpctl::docker
{

/// Bytes and connections over all sockets of a client.
struct Traffic
{
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint64_t> received{0};
};

/// What stands over one connection: until when it may block, whether it was cancelled, and what its end looked like.
///
/// Poco's timeouts are per system call, so a peer that sends a byte now and then is never too late; and its shutdown()
/// of a TLS socket writes, so another thread must not call it. Hence this: guarded sockets ask here before they block.
///
/// Thread-safety: cancel() and cancelled() from any thread; the rest from the one that uses the connection.
class SocketGuard
{
public:
    using Clock = std::chrono::steady_clock;

    explicit SocketGuard(std::shared_ptr<Traffic> traffic) : traffic_(std::move(traffic)) {}

    /// No deadline: wait for ever. `idle` bounds each single wait besides; 0: no bound.
    void allowUntil(std::optional<Clock::time_point> deadline, std::chrono::milliseconds idle = {});

    /// Wakes whoever waits on the connection, at once, and lets nobody wait again. Touches the socket only, never the
    /// TLS state above it.
    void cancel() noexcept;
    bool cancelled() const noexcept { return cancelled_.load(); }

    /// Was a wait cut short by the deadline or by silence?
    bool expired() const noexcept { return expired_; }

    /// Has the peer closed its side, since the last forgetEnd()? A complete answer is read without coming to its end.
    bool peerClosed() const noexcept { return peerClosed_; }

    /// The last bytes that arrived, at most five.
    std::string_view lastBytes() const noexcept { return {last_.data(), lastSize_}; }
    void forgetEnd();

    // For the sockets:

    void own(int descriptor);
    void disown() noexcept;

    /// Returns when there is something to read (or the end), throws Poco::TimeoutException when time is up.
    void awaitReadable(int descriptor);

    /// What is left of the time, at least 1 ms; none: for ever. Throws Poco::TimeoutException if nothing is left.
    std::optional<std::chrono::milliseconds> timeLeft();
    void received(const char* bytes, int count);
    void sent(int count) { traffic_->sent += static_cast<std::uint64_t>(count > 0 ? count : 0); }

private:
    const std::shared_ptr<Traffic> traffic_;
    std::optional<Clock::time_point> deadline_{};
    std::chrono::milliseconds idle_{};
    bool expired_ = false;
    bool peerClosed_ = false;
    std::array<char, 5> last_{};
    std::size_t lastSize_ = 0;

    std::atomic<bool> cancelled_{false};
    std::mutex mutex_; ///< over descriptor_: a descriptor that was closed may be somebody else's by now
    int descriptor_ = -1;
};

}
