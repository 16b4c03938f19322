#include "orchestrator/backoff.h"

#include "orchestrator/pause.h"

#include <algorithm>

namespace mcpctl
{

void Backoff::wait(const std::stop_token& stop)
{
    pauseFor(next_, stop);
    next_ = std::min(next_ * 2, last);
}

}
