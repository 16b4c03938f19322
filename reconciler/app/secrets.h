#pragma once

#include "model/desired_state.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace mcpctl
{

/// Where secrets come from: a folder of files, one per secret, then `MCPCTL_SECRET_NAME` in the
/// environment (upper case, `-` and `.` as `_`).
struct SecretSources
{
    std::filesystem::path folder;
    std::function<std::optional<std::string>(const std::string&)> environment;
};

/// `desired` with the value of every `secretRef` filled in. One that is nowhere stays unresolved: a
/// plan calls it unknown, and apply fails the server that needs it. One newline at the end of a file
/// is not part of the secret.
/// Throws std::runtime_error for a file that is there and cannot be used: unreadable, not regular,
/// readable by others, over 1 MiB, or with a NUL byte.
DesiredState withSecrets(DesiredState desired, const SecretSources& sources);

/// One such file, without the newline at its end. Nothing where there is none; throws as above.
std::optional<std::string> readSecretFile(const std::filesystem::path& path);

}
