#pragma once

#include <cstddef>
#include <functional>

namespace mcpctl
{

/// Calls `task(0)` ... `task(count - 1)`, each once, on at most `workers` threads (at least one), and returns when all
/// of them are done. Which comes first is not said. After the first exception no further task begins; those under way
/// finish, then that exception leaves this call.
///
/// With one worker or one task everything runs on the calling thread.
void forEachInParallel(std::size_t count, std::size_t workers, const std::function<void(std::size_t)>& task);

}
