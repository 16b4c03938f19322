#pragma once

#include <string>

namespace mcpctl
{

/// How long ago `time` (RFC 3339) was, in its largest two units, as people read it: `3d4h`, `12m5s`. Empty for
/// what is no time.
std::string ageOf(const std::string& time);

}
