#pragma once

#include "orchestrator/isolation.h"

#include <filesystem>
#include <string>

namespace mcpctl::docker
{

/// Puts into `view` the limits that the kernel holds the groups of `cgroupText` (/proc/PID/cgroup) to; what cannot be
/// read stays empty. Where the hierarchies are mounted is read from `proc`/self/mountinfo; versions 1, 2, and a mix.
/// Source: kernel `Documentation/admin-guide/cgroup-v1/` and `cgroup-v2.rst`.
void readLimits(const std::filesystem::path& proc, const std::string& cgroupText, KernelView& view);

}
