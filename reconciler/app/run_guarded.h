#pragma once

#include "app/exit_code.h"

#include <functional>

namespace mcpctl
{

/// Runs a command and returns the exit status. The one place where what the commands throw becomes a message
/// on stderr and an exit code.
int runGuarded(const std::function<ExitCode()>& run);

}
