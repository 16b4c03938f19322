#pragma once

#include "model/server_spec.h"

#include <string>

namespace mcpctl
{

/// Calls `use(NAME, value)` for each secret of `spec`: NAME is that of the variable, or the path of the file inside.
template <typename Spec, typename Use>
void forEachSecret(Spec& spec, const Use& use)
{
    for (auto& [variable, value] : spec.env)
        if (value.secretName)
            use(variable, value);
    for (auto& [name, value] : spec.secretFiles)
        use(secretFilePath(name), value);
}

}
