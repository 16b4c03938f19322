#pragma once

#include "options.h"

namespace mcpecho
{
/// Serves newline-delimited JSON until end of file or until nobody reads the answers.
void serveStdio(const Options& options);
}
