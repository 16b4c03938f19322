#pragma once

#include "validate/findings.h"
#include "validate/node.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mcpctl
{

/// A parameter of a server that a profile may set.
struct Parameter
{
    enum class Type
    {
        string,
        integer,
        number,
        boolean,
    };

    Type type = Type::string;
    std::optional<std::string> defaultText;
    bool required = false;
    std::vector<std::string> allowed; ///< as texts; empty: any value of the type
    SourcePos place;
};

using Parameters = std::map<std::string, Parameter>;

/// Reads `spec.config` of a server; absent: none. Error `parameter`: a default or an allowed value of
/// the wrong type, or a default for what every profile has to give.
Found<Parameters> parseParameters(const Node& config);

/// `value` as text, if it is one for `parameter`: of its type and among the allowed ones. Else the error
/// `parameter` at its place, calling it `name`.
Found<std::string> parameterText(const std::string& name, const Parameter& parameter, const Node& value);

std::set<std::string> namesOf(const Parameters& parameters);

}
