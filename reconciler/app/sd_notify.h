#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace mcpctl
{

/// Tells the service manager, as sd_notify(3) does: `READY=1`, `STATUS=...`, several lines at once. Without a
/// NOTIFY_SOCKET it does nothing. A manager that does not listen is no failure. Any thread.
void sdNotify(const std::string& state);

/// How often `WATCHDOG=1` has to come (half of WATCHDOG_USEC); nothing where nobody waits for it.
std::optional<std::chrono::microseconds> sdWatchdogInterval();

}
