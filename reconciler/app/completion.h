#pragma once

#include "app/command_shape.h"

namespace mcpctl
{

std::string bashCompletion(const ProgramShape& program);
std::string zshCompletion(const ProgramShape& program);
std::string fishCompletion(const ProgramShape& program);

}
