#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace mcpctl::fuzz
{

/// What a fuzzer found is a crash to libFuzzer, which keeps the input.
inline void require(bool holds, std::string_view promise, std::string_view found = {})
{
    if (holds)
        return;
    std::fprintf(stderr, "broken promise: %.*s\n%.*s\n", static_cast<int>(promise.size()), promise.data(),
                 static_cast<int>(found.size()), found.data());
    std::abort();
}

inline std::string textOf(const std::uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const char*>(data), size};
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
