#pragma once

#include "docker/client.h"

#include <string>
#include <vector>

namespace mcpctl::docker
{

/// One thing that was looked at.
struct Finding
{
    enum class Level
    {
        good,
        warning, ///< works, with less safety or comfort
        bad,     ///< mcpctl cannot keep its promises here
    };

    Level level = Level::good;
    std::string subject; ///< `engine`, `memory limits`
    std::string text;    ///< what was found
    std::string advice;  ///< what to do; empty when all is well
};

/// Looks at the engine behind `client`: version, limits, seccomp, disk, the socket's permissions, the
/// shared network. Never throws for what it finds; an engine that does not answer is a finding.
std::vector<Finding> examineEngine(const ReadClient& client);

}
