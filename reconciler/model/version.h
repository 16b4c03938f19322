#pragma once

#include <string_view>

namespace mcpctl
{

/// The program's version, as `MAJOR.MINOR.PATCH`. Source: project() in CMakeLists.txt.
inline constexpr std::string_view version = MCPCTL_VERSION;

}
