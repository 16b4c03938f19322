#pragma once

#include "orchestrator/isolation.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace mcpctl::docker
{

/// What the kernel says of the container `id`, whose first process is `pid` to the engine (0: it does not run).
///
/// A number alone could be any process, so its cgroups have to name the container; where they do not (another machine,
/// another pid namespace, no rights) nothing is seen. All processes of the container are looked at. `socket` is the
/// engine's, empty for one that is not on a socket of this machine. Reads files, needs no right but uses what it has;
/// throws nothing but bad_alloc.
KernelView readKernel(std::int64_t pid, const std::string& id, const std::string& socket,
                      const std::filesystem::path& proc = "/proc");

}
