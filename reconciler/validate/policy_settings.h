#pragma once

#include "validate/policy_rules.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mcpctl
{

/// What an exemption is for: `server`, `profile` or `network`, and its name.
using ExemptObject = std::pair<std::string, std::string>;

/// What one SecurityPolicy says of one rule.
struct RuleSetting
{
    Level level = Level::deny;
    RuleParameters parameters;
    std::set<ExemptObject> exempt;
    bool baseline = false; ///< no policy says so, the table does
};

struct PolicySettings
{
    /// For each rule, in the order of the table, what each policy that speaks of it says; where none does,
    /// what the table says.
    std::vector<std::vector<RuleSetting>> rules;
    bool stops = false; ///< a policy says `enforce: stop`
};

/// Reads the SecurityPolicies of `catalog` and of `outside`, whose exemptions are for what `catalog`
/// declares. Findings: those that checkPolicy() tells of policies.
Found<PolicySettings> readPolicySettings(const Catalog& catalog, const Catalog& outside, const PolicyContext& context);

}
