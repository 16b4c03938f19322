#pragma once

// g++ says it by macros, clang by features.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MCPCTL_TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define MCPCTL_TEST_SANITIZED
#endif
#endif

namespace mcpctl::test
{

/// Unoptimized, or with a sanitizer: tests that try very many cases try fewer.
#if defined(__OPTIMIZE__) && !defined(MCPCTL_TEST_SANITIZED)
inline constexpr bool slowBuild = false;
#else
inline constexpr bool slowBuild = true;
#endif

}
