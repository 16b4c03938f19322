#include "support/fd_channel.h"

#include "orchestrator/error.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mcpctl::test
{

namespace
{

int millisUntil(Channel::Deadline deadline)
{
    if (!deadline)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Channel::Clock::now());
    return left.count() < 0 ? 0 : static_cast<int>(left.count());
}

[[noreturn]] void fail(const std::string& what)
{
    throw OrchestratorError(OrchestratorError::Kind::failed, what + ": " + std::strerror(errno));
}

}

FdChannel::FdChannel(int in, int out, int err) : in_(in), out_(out), err_(err)
{
    if (::pipe2(wake_.data(), O_CLOEXEC) != 0)
        fail("pipe");
    ::fcntl(in_, F_SETFL, ::fcntl(in_, F_GETFL) | O_NONBLOCK);
}

FdChannel::~FdChannel()
{
    for (const int fd : {in_, out_ == in_ ? -1 : out_, err_, wake_[0], wake_[1]})
        if (fd >= 0)
            ::close(fd);
}

void FdChannel::checkCancelled() const
{
    if (cancelled_)
        throw OrchestratorError(OrchestratorError::Kind::cancelled, "cancelled");
}

Channel::Reading FdChannel::read(Deadline deadline)
{
    while (true)
    {
        checkCancelled();
        std::array<pollfd, 3> waiting{{{out_, POLLIN, 0}, {err_, POLLIN, 0}, {wake_[0], POLLIN, 0}}};
        if (::poll(waiting.data(), waiting.size(), millisUntil(deadline)) == 0)
            return {Reading::What::late, LogStream::out, {}};
        checkCancelled();
        // stderr first: at the end of stdout nothing of it is lost.
        for (const auto stream : {LogStream::err, LogStream::out})
        {
            auto& fd = stream == LogStream::out ? out_ : err_;
            if (waiting[stream == LogStream::out ? 0 : 1].revents == 0)
                continue;
            const auto count = ::read(fd, bytes_.data(), bytes_.size());
            if (count > 0)
                return {Reading::What::bytes, stream, {bytes_.data(), static_cast<std::size_t>(count)}};
            if (count < 0)
                fail("read");
            if (stream == LogStream::out)
                return {Reading::What::end, stream, {}};
            ::close(fd);
            fd = -1;
        }
    }
}

void FdChannel::write(std::string_view bytes, Deadline deadline)
{
    while (!bytes.empty())
    {
        checkCancelled();
        const auto count = ::write(in_, bytes.data(), bytes.size());
        if (count >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EAGAIN)
            fail("write");
        else
        {
            std::array<pollfd, 2> waiting{{{in_, POLLOUT, 0}, {wake_[0], POLLIN, 0}}};
            if (::poll(waiting.data(), waiting.size(), millisUntil(deadline)) == 0)
                throw OrchestratorError(OrchestratorError::Kind::failed, "write: too late");
        }
    }
}

void FdChannel::closeWrite()
{
    if (in_ == out_)
        ::shutdown(in_, SHUT_WR);
    else
    {
        ::close(in_);
        in_ = -1;
    }
}

void FdChannel::cancel() noexcept
{
    cancelled_ = true;
    [[maybe_unused]] const auto written = ::write(wake_[1], "x", 1);
}

}
