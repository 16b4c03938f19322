#include "support/memory_channel.h"

#include "orchestrator/error.h"

#include <utility>

namespace mcpctl::test
{

MemoryChannel::~MemoryChannel()
{
    end();
}

Channel::Reading MemoryChannel::read(Deadline deadline)
{
    std::unique_lock lock(mutex_);
    const auto moved = [this] { return !answer_.empty() || closed_ || cancelled_; };
    if (!deadline)
        changed_.wait(lock, moved);
    else if (!changed_.wait_until(lock, *deadline, moved))
        return {.what = Reading::What::late};
    if (cancelled_)
        throw OrchestratorError(OrchestratorError::Kind::cancelled, "read: cancelled");
    given_ = std::exchange(answer_, {});
    if (given_.empty())
        return {.what = Reading::What::end};
    return {.what = Reading::What::bytes, .bytes = given_};
}

void MemoryChannel::write(std::string_view bytes, Deadline)
{
    for (const char c : bytes)
    {
        line_ += c;
        if (c != '\n')
            continue;
        const std::lock_guard lock(mutex_);
        if (line_.find("ping") != std::string::npos)
            answer_ += R"({"jsonrpc":"2.0","id":1,"result":{}})"
                       "\n";
        line_.clear();
        changed_.notify_all();
    }
}

void MemoryChannel::closeWrite()
{
    end();
}

void MemoryChannel::end()
{
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(closed_, true))
            return;
        changed_.notify_all();
    }
    ended_();
}

std::optional<int> MemoryChannel::exitCode(Deadline)
{
    const std::lock_guard lock(mutex_);
    return closed_ ? std::optional(0) : std::nullopt;
}

void MemoryChannel::cancel() noexcept
{
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
}

}
