#pragma once

#include "validate/catalog.h"
#include "validate/rule_info.h"

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
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

/// What the rules say of manifests.
struct PolicyVerdict
{
    Diagnostics diagnostics;
    /// What is denied: names of servers, of profiles, of networks, and of entries (profile, then entry).
    std::set<std::string> servers, profiles, networks;
    std::set<std::pair<std::string, std::string>> entries;
    bool stops = false; ///< a policy says `enforce: stop`
};

/// Holds every manifest of `catalog` against the rules: the baseline, and what the SecurityPolicies of the
/// catalog and of `outside` make of it. Each finding names its rule. Also finds what is wrong with the
/// policies themselves: `unknown-rule`, `policy-floor` (a rule that cannot be weakened),
/// `exemption-expired`, `exemption-date`, `exemption-object`, `quantity`, `unknown-server` and its like (warnings).
/// Each exemption that holds is a note, `exemption`.
///
/// Of several policies the stricter wins: each one that speaks of a rule judges for itself, and the
/// worst judgement counts. Those of `outside` speak of every rule: of what they do not name, as the table
/// says. So whoever writes the catalog can add to them, and can take nothing away.
PolicyVerdict checkPolicy(const Catalog& catalog, const Catalog& outside, const PolicyContext& context);

}
