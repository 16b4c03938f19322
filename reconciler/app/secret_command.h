#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace mcpctl
{

/// `pass show mcp/{name}` as arguments, no shell: white space separates, '...' is literal, "..." keeps white space, and
/// a backslash outside of '...' takes the next character as it is.
/// Throws std::invalid_argument, with a text for people: nothing in it, an open quote, or no `{name}` after the
/// program.
std::vector<std::string> splitSecretCommand(const std::string& command);

/// The exit code by which a command says that there is no such secret (as macOS's `security` does).
inline constexpr int noSuchSecret = 44;

/// Asks `command` for the secret `name`, which takes the place of `{name}`. One newline at the end is not part of it.
/// Nothing where the command ends with noSuchSecret. It runs without a terminal, with nothing to read, and without the
/// secrets of this process' environment.
/// Throws std::runtime_error when it cannot be started, fails, takes longer than `timeout`, or prints more than 1 MiB
/// or a NUL byte. What the command printed as its answer is not in the text.
std::optional<std::string> askSecretCommand(const std::string& command, const std::string& name,
                                            std::chrono::milliseconds timeout = std::chrono::seconds(30));

}
