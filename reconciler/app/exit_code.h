#pragma once

namespace mcpctl
{

/// What the program's exit status says; part of the interface (README, "Exit codes").
enum class ExitCode
{
    done = 0,
    failed = 1,
    changesPending = 2,
    driftOnly = 3,
    invalid = 4,
    stalePlan = 5,
    locked = 6,
    rolledBack = 7,
    pruneGuard = 8,
    usage = 64,
    noEngine = 69,
    interrupted = 130, ///< by SIGINT or SIGTERM, where what was asked for is not complete
};

}
