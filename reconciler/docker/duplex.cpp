#include "docker/duplex.h"

#include "docker/engine_error.h"

#include <Poco/Exception.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>

namespace mcpctl::docker
{

namespace
{

using Kind = EngineError::Kind;
using What = Channel::Reading::What;

constexpr std::size_t readSize = 64 * 1024;
constexpr int again = -1; ///< nothing moved; wait and try again

}

Duplex::Duplex(const Poco::Net::StreamSocket& socket, std::shared_ptr<SocketGuard> guard, std::string name,
               std::string early)
    : socket_(socket), guard_(std::move(guard)), tls_(socket.secure()), name_(std::move(name)), buffer_(readSize, '\0'),
      early_(std::move(early))
{
    guard_->allowUntil(std::nullopt);
    socket_.setBlocking(false);
}

void Duplex::lost(const std::string& why) const
{
    if (guard_->cancelled())
        throw EngineError(Kind::cancelled, name_ + ": cancelled");
    throw EngineError(Kind::unreachable, fmt::format("{}: the connection to the engine was lost: {}", name_, why));
}

bool Duplex::await(short events, Deadline deadline)
{
    while (true)
    {
        if (guard_->cancelled())
            lost("cancelled");
        int wait = -1;
        if (deadline)
        {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Channel::Clock::now());
            wait = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
        }
        pollfd entry{.fd = socket_.impl()->sockfd(), .events = events, .revents = 0};
        const int ready = ::poll(&entry, 1, wait);
        if (ready > 0)
            return true;
        if (ready == 0 && deadline && Channel::Clock::now() >= *deadline)
            return false;
        if (ready < 0 && errno != EINTR)
            lost(std::strerror(errno));
    }
}

int Duplex::receive(char* buffer, int length)
{
    if (!tls_)
    {
        const auto count = ::recv(socket_.impl()->sockfd(), buffer, static_cast<std::size_t>(length), 0);
        if (count >= 0)
        {
            guard_->received(buffer, static_cast<int>(count));
            return static_cast<int>(count);
        }
        if (errno == EAGAIN || errno == EINTR)
            return again;
        lost(std::strerror(errno));
    }
    const std::lock_guard lock(tlsMutex_);
    try
    {
        const int count = socket_.receiveBytes(buffer, length);
        return count < 0 ? again : count;
    }
    catch (const Poco::Exception& error)
    {
        lost(error.displayText());
    }
}

int Duplex::send(const char* bytes, int length)
{
    if (!tls_)
    {
        const auto count = ::send(socket_.impl()->sockfd(), bytes, static_cast<std::size_t>(length), MSG_NOSIGNAL);
        if (count >= 0)
        {
            guard_->sent(static_cast<int>(count));
            return static_cast<int>(count);
        }
        if (errno == EAGAIN || errno == EINTR)
            return again;
        lost(std::strerror(errno));
    }
    const std::lock_guard lock(tlsMutex_);
    try
    {
        const int count = socket_.sendBytes(bytes, length);
        return count < 0 ? again : count;
    }
    catch (const Poco::Exception& error)
    {
        lost(error.displayText());
    }
}

Duplex::Reading Duplex::read(Deadline deadline)
{
    if (!early_.empty())
    {
        buffer_.swap(early_);
        const auto size = buffer_.size();
        early_.clear();
        buffer_.resize(std::max(size, readSize));
        return {What::bytes, LogStream::out, std::string_view(buffer_).substr(0, size)};
    }
    while (true)
    {
        // First, for TLS may hold bytes that the socket no longer has.
        const int count = receive(buffer_.data(), static_cast<int>(readSize));
        if (count > 0)
            return {What::bytes, LogStream::out, std::string_view(buffer_).substr(0, static_cast<std::size_t>(count))};
        if (count == 0)
        {
            if (guard_->cancelled())
                lost("cancelled");
            return {.what = What::end};
        }
        if (!await(POLLIN, deadline))
            return {.what = What::late};
    }
}

void Duplex::write(std::string_view bytes, Deadline deadline)
{
    while (!bytes.empty())
    {
        const int count = send(bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), readSize)));
        if (count > 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (!await(POLLOUT, deadline))
            throw EngineError(Kind::timeout, name_ + ": what was sent is not taken");
    }
}

void Duplex::closeWrite()
{
    if (!tls_)
    {
        ::shutdown(socket_.impl()->sockfd(), SHUT_WR);
        return;
    }
    const std::lock_guard lock(tlsMutex_);
    try
    {
        socket_.shutdown(); // not blocking, so it says close_notify and leaves the socket open
    }
    catch (const Poco::Exception&)
    {
        // It is broken already; the next read says so.
    }
}

}
