#include "app/stdio_pump.h"

#include "orchestrator/error.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace mcpctl
{

namespace
{

using What = Channel::Reading::What;

/// Wakes everybody who waits on it, and stays awake.
class Alarm
{
public:
    Alarm() : fd_(::eventfd(0, EFD_CLOEXEC)) {}
    ~Alarm() { ::close(fd_); }
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

    void ring() const
    {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
    }

    /// False: the alarm rang first.
    bool await(int fd, short events) const
    {
        while (true)
        {
            std::array<pollfd, 2> both{
                {{.fd = fd, .events = events, .revents = 0}, {.fd = fd_, .events = POLLIN, .revents = 0}}};
            if (::poll(both.data(), both.size(), -1) < 0 && errno == EINTR)
                continue;
            if (both[1].revents != 0)
                return false;
            return true;
        }
    }

private:
    const int fd_;
};

class Pump
{
public:
    Pump(Channel& channel, const ClientStdio& client, std::chrono::milliseconds grace)
        : channel_(channel), client_(client), grace_(grace)
    {
    }

    PumpEnd run(const std::stop_token& stop)
    {
        const std::stop_callback interrupt(stop,
                                           [this]
                                           {
                                               end(PumpEnd::interrupted);
                                               channel_.cancel();
                                           });
        std::thread up([this] { carryUp(); });
        std::exception_ptr broken;
        try
        {
            carryDown();
        }
        catch (const OrchestratorError&)
        {
            broken = std::current_exception();
        }
        alarm_.ring();
        channel_.cancel(); // or a writer whose peer takes nothing any more would wait for ever
        up.join();
        if (!end_)
            std::rethrow_exception(broken);
        return *end_;
    }

private:
    /// The first reason counts.
    void end(PumpEnd why)
    {
        const std::lock_guard lock(mutex_);
        if (!end_)
            end_ = why;
        alarm_.ring();
    }

    void carryUp()
    {
        try
        {
            std::string buffer(64 * 1024, '\0');
            while (alarm_.await(client_.in, POLLIN))
            {
                const auto count = ::read(client_.in, buffer.data(), buffer.size());
                if (count > 0)
                {
                    channel_.write(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
                    continue;
                }
                if (count < 0 && errno == EINTR)
                    continue;
                clientLeaves();
                return;
            }
        }
        catch (const OrchestratorError&) // NOLINT(bugprone-empty-catch): the reader meets the same
        {
        }
    }

    void clientLeaves()
    {
        channel_.closeWrite();
        // The reader waits without a deadline, so it is for this thread to end that.
        std::unique_lock lock(mutex_);
        if (!over_.wait_for(lock, grace_, [this] { return done_; }))
        {
            if (!end_)
                end_ = PumpEnd::clientGone;
            lock.unlock();
            channel_.cancel();
        }
    }

    void carryDown()
    {
        const Finish finish(*this);
        while (true)
        {
            const auto reading = channel_.read();
            if (reading.what != What::bytes)
                return end(PumpEnd::serverEnded);
            if (!give(reading.stream == LogStream::err ? client_.err : client_.out, reading.bytes))
            {
                end(PumpEnd::clientGone);
                channel_.closeWrite();
                return;
            }
        }
    }

    /// False: the client does not take it any more. In pieces that a pipe takes whole once poll says so, for a write
    /// that blocks could not be woken.
    bool give(int fd, std::string_view bytes) const
    {
        while (!bytes.empty())
        {
            if (!alarm_.await(fd, POLLOUT))
                return false;
            const auto count = ::write(fd, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
            if (count < 0 && errno != EINTR && errno != EAGAIN)
                return false;
            if (count > 0)
                bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    /// Tells who waits for the reader that it has ended, however it did.
    struct Finish
    {
        explicit Finish(Pump& owner) : pump(owner) {}
        ~Finish()
        {
            const std::lock_guard lock(pump.mutex_);
            pump.done_ = true;
            pump.over_.notify_all();
        }
        Finish(const Finish&) = delete;
        Finish& operator=(const Finish&) = delete;
        Pump& pump;
    };

    Channel& channel_;
    const ClientStdio client_;
    const std::chrono::milliseconds grace_;
    const Alarm alarm_;
    std::mutex mutex_;
    std::condition_variable over_;
    bool done_ = false;          ///< the reader has ended; guarded by mutex_
    std::optional<PumpEnd> end_; ///< guarded by mutex_
};

}

PumpEnd pump(Channel& channel, const ClientStdio& client, std::chrono::milliseconds grace, const std::stop_token& stop)
{
    return Pump(channel, client, grace).run(stop);
}

}
