#pragma once

#include <chrono>
#include <stop_token>

namespace mcpctl
{

/// Sleeps for `time`, or until stopped: false.
bool pauseFor(std::chrono::nanoseconds time, const std::stop_token& stop);

}
