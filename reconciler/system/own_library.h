#pragma once

#include <string>

namespace mcpctl
{

/// The function `name` of a library that is part of this program, which is loaded for it: `lib/mcpctl/NAME` in the
/// folder of the running program or in the one above. One of another version is not loaded (the program was replaced
/// while it runs), nor one that somebody could have written who cannot write the program itself. It is never closed.
/// Any thread. Throws std::runtime_error.
void* findInOwnLibrary(const std::string& library, const std::string& name);

/// The same, as what it is.
template <typename Function>
Function* ownFunction(const std::string& library, const std::string& name)
{
    return reinterpret_cast<Function*>(findInOwnLibrary(library, name));
}

}
