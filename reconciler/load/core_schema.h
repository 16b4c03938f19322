#pragma once

#include <Poco/Dynamic/Var.h>

#include <string>
#include <string_view>
#include <variant>

namespace mcpctl
{

/// Why a scalar has no value, as a finding's parts.
struct ScalarError
{
    std::string rule;
    std::string message;
    std::string hint;
};

/// The value of a scalar by the core schema of YAML 1.2 (section 10.3.2): empty, bool, std::int64_t, double
/// or std::string. `tag` is as yaml-cpp gives it: `?` for a plain scalar, `!` for a quoted one, else a
/// full tag. Integers beyond 64 bits and `.inf` and `.nan` are errors: JSON cannot hold them.
std::variant<Poco::Dynamic::Var, ScalarError> resolveScalar(std::string_view tag, const std::string& text);

/// The tag as an author writes it: `!!str` for `tag:yaml.org,2002:str`.
std::string shortTag(std::string_view tag);

inline constexpr std::string_view yamlTagPrefix = "tag:yaml.org,2002:";

}
