#pragma once

#include <string>

namespace mcpctl
{

/// Names this process beyond doubt on its host: boot, process namespace, pid and start time.
std::string thisProcess();

/// Whether the process that called itself `process` on this host is surely gone. False where that cannot
/// be told: it lives in another namespace.
bool isGone(const std::string& process);

}
