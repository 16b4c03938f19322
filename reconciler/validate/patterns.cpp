#include "validate/patterns.h"

#include <map>

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes <regex> under -fsanitize=address for uninitialised (GCC bug 105562).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <regex>

namespace mcpctl
{

struct PatternCache::Impl
{
    std::map<std::string, std::regex> compiled;
};

PatternCache::PatternCache() : impl_(std::make_unique<Impl>()) {}

PatternCache::~PatternCache() = default;

bool PatternCache::matches(const std::string& pattern, const std::string& text)
{
    auto known = impl_->compiled.find(pattern);
    if (known == impl_->compiled.end())
        known = impl_->compiled.emplace(pattern, std::regex(pattern)).first;
    return std::regex_search(text, known->second);
}

}
