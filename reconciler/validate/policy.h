#pragma once

#include "validate/catalog.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mcpctl
{

/// What the policy has to know of the world; it asks nobody else.
struct PolicyContext
{
    /// The day that exemptions are held against.
    std::chrono::year_month_day today;

    /// Path of the engine's socket on the host whose folders would be mounted; empty if it has none.
    std::string engineSocket;

    /// Where an absolute path of that host really leads, all symlinks followed; nothing when that cannot
    /// be told (a remote host, a folder that cannot be read), and then the path is denied. A path that
    /// does not exist yet leads to itself below its deepest folder that does. Not set: nothing can be told.
    std::function<std::optional<std::string>(const std::string& path)> resolve;
};

/// A rule as people see it.
struct RuleInfo
{
    std::string id;
    std::string why;
    std::string fix;
    bool switchable = false; ///< false: holds whatever a manifest says
};

/// All rules, in the order in which they are checked.
std::vector<RuleInfo> policyRules();

/// For a field that people know from other tools and that no manifest can have, as `privileged`: why,
/// with the rule's id. Else empty.
std::string neverGiven(const std::string& field);

/// Holds every manifest against the rules: the baseline, and what the SecurityPolicies of the catalog
/// make of it. Each finding names its rule. Also finds what is wrong with the policies themselves:
/// `unknown-rule`, `policy-floor` (a rule that cannot be weakened), `exemption-expired`,
/// `exemption-date`, `unknown-server` (a warning).
///
/// Of several policies the stricter wins: each one that speaks of a rule judges for itself, and the
/// worst judgement counts.
Diagnostics checkPolicy(const Catalog& catalog, const PolicyContext& context);

}
