#include "docker/socket_guard.h"

#include <Poco/Exception.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>

namespace mcpctl::docker
{

void SocketGuard::allowUntil(std::optional<Clock::time_point> deadline, std::chrono::milliseconds idle)
{
    deadline_ = deadline;
    idle_ = idle;
    expired_ = false;
}

void SocketGuard::cancel() noexcept
{
    cancelled_ = true;
    const std::lock_guard lock(mutex_);
    if (descriptor_ >= 0)
        ::shutdown(descriptor_, SHUT_RDWR);
}

void SocketGuard::forgetEnd()
{
    peerClosed_ = false;
    lastSize_ = 0;
}

void SocketGuard::own(int descriptor)
{
    const std::lock_guard lock(mutex_);
    descriptor_ = descriptor;
    if (cancelled_)
        ::shutdown(descriptor_, SHUT_RDWR);
}

void SocketGuard::disown() noexcept
{
    const std::lock_guard lock(mutex_);
    descriptor_ = -1;
}

std::optional<std::chrono::milliseconds> SocketGuard::timeLeft()
{
    std::optional<std::chrono::milliseconds> result;
    if (idle_.count() > 0)
        result = idle_;
    if (deadline_)
    {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - Clock::now());
        if (left.count() <= 0)
        {
            expired_ = true;
            throw Poco::TimeoutException();
        }
        result = result ? std::min(*result, left) : left;
    }
    return result;
}

void SocketGuard::awaitReadable(int descriptor)
{
    if (descriptor < 0)
        return; // closed: the read that follows says so, and poll would sleep on it
    const auto started = Clock::now();
    while (true)
    {
        int wait = -1;
        if (auto left = timeLeft())
        {
            // An interrupted wait must not start the silence anew.
            if (idle_.count() > 0)
                left = std::min(*left, idle_ - std::chrono::floor<std::chrono::milliseconds>(Clock::now() - started));
            wait = static_cast<int>(std::clamp<std::int64_t>(left->count(), 0, 3'600'000));
        }
        pollfd entry{.fd = descriptor, .events = POLLIN, .revents = 0};
        const int ready = ::poll(&entry, 1, wait);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return; // an error shows itself in the read that follows
        if (ready == 0 && idle_.count() > 0 && Clock::now() - started >= idle_)
        {
            expired_ = true;
            throw Poco::TimeoutException();
        }
    }
}

void SocketGuard::received(const char* bytes, int count)
{
    if (count == 0)
        peerClosed_ = true;
    if (count <= 0)
        return;
    traffic_->received += static_cast<std::uint64_t>(count);
    const std::size_t fresh = std::min(static_cast<std::size_t>(count), last_.size());
    const std::size_t kept = std::min(lastSize_, last_.size() - fresh);
    std::memmove(last_.data(), last_.data() + lastSize_ - kept, kept);
    std::memcpy(last_.data() + kept, bytes + count - fresh, fresh);
    lastSize_ = kept + fresh;
}

}
