#pragma once

#include "app/command_shape.h"

#include <cstddef>
#include <string>

namespace mcpctl
{

/// What `mcpctl --help` prints: the commands by their groups, the options of all of them, the footer.
/// No line is longer than `width` columns, where its words allow it.
std::string renderHelp(const ProgramShape& program, std::size_t width);

/// What `mcpctl COMMAND --help` prints.
std::string renderHelp(const CommandShape& command, std::size_t width);

}
