#pragma once

#include <string>
#include <vector>

namespace mcpctl
{

/// A rule as people see it.
struct RuleInfo
{
    std::string id;
    std::string why;
    std::string fix;
    bool switchable = false; ///< false: holds whatever a manifest says
    std::string level;       ///< without a SecurityPolicy: `deny`, `warn`, `off`
    std::string takes;       ///< its parameters with what they are by default; empty: none
};

/// All rules, in the order in which they are checked.
std::vector<RuleInfo> policyRules();

/// For a field that people know from other tools and that no manifest can have, as `privileged`: why,
/// with the rule's id. Else empty.
std::string neverGiven(const std::string& field);

}
