#include "app/wake_up.h"

#include <utility>

namespace mcpctl
{

std::string_view toString(WakeReason reason)
{
    switch (reason)
    {
    case WakeReason::start:
        return "start";
    case WakeReason::manifests:
        return "manifests";
    case WakeReason::engine:
        return "engine";
    case WakeReason::asked:
        return "asked";
    case WakeReason::resync:
        return "resync";
    case WakeReason::retry:
        return "retry";
    }
    return "";
}

void WakeUp::wake(WakeReason reason)
{
    {
        const std::lock_guard lock(mutex_);
        reasons_.insert(reason);
    }
    changed_.notify_all();
}

std::set<WakeReason> WakeUp::wait(Clock::time_point until, const std::stop_token& stop)
{
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, until, [this] { return !reasons_.empty(); });
    return std::exchange(reasons_, {});
}

}
