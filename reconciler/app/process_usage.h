#pragma once

#include <cstdint>

namespace mcpctl
{

/// What this process uses, from /proc (proc(5)). What cannot be read is 0.
struct ProcessUsage
{
    double cpuSeconds = 0;
    double startSeconds = 0; ///< since the epoch
    std::uint64_t residentBytes = 0;
    std::uint64_t openFiles = 0;
    std::uint64_t openFilesLimit = 0;
    std::uint64_t threads = 0;
};

ProcessUsage processUsage();

}
