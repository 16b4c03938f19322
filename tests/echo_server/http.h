#pragma once

#include "options.h"

namespace mcpecho
{
/// Serves streamable HTTP (or, with `web`, plain pages) for ever. Throws std::system_error when
/// the port cannot be had.
[[noreturn]] void serveHttp(const Options& options);
}
