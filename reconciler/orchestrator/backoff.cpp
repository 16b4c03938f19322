#include "orchestrator/backoff.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace mcpctl
{

void Backoff::wait(const std::stop_token& stop)
{
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait_for(lock, stop, next_, [] { return false; });
    next_ = std::min(next_ * 2, last);
}

}
