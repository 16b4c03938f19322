#pragma once

namespace mcpctl::test
{

/// Unoptimized, or with a sanitizer: tests that try very many cases try fewer.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
inline constexpr bool slowBuild = false;
#else
inline constexpr bool slowBuild = true;
#endif

}
