#pragma once

#include <string>

namespace mcpctl
{

/// Loads a library that is part of this program: `lib/mcpctl/NAME` in the folder of the running program or in the one
/// above. One of another version is not loaded (the program was replaced while it runs), nor one that somebody could
/// have written who cannot write the program itself. It is never closed. Any thread. Throws std::runtime_error.
void* loadOwnLibrary(const std::string& name);

/// The function `name` of it. Throws std::runtime_error.
void* functionOf(void* library, const std::string& name);

}
