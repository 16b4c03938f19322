#pragma once

#include "validate/policy_rules.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mcpctl
{

/// What one SecurityPolicy says of one rule.
struct RuleSetting
{
    Level level = Level::deny;
    RuleParameters parameters;
    std::set<std::string> exemptServers;
};

/// Rule id -> what each policy that speaks of it says. Rules that no policy names are not in it.
using PolicySettings = std::map<std::string, std::vector<RuleSetting>>;

/// Reads the SecurityPolicies of `catalog`. Errors: `unknown-rule`, `policy-floor`, `exemption-date`,
/// `exemption-expired`; warning `unknown-server`.
Found<PolicySettings> readPolicySettings(const Catalog& catalog, const PolicyContext& context);

}
