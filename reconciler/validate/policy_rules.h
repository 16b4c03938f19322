#pragma once

#include "validate/policy.h"

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mcpctl
{

/// How a finding counts; the stricter is the greater.
enum class Level
{
    off,
    warn,
    deny,
};

/// As a SecurityPolicy writes it.
std::string_view toString(Level level);

/// What a rule may be told beside its level. Each rule reads its own; what a SecurityPolicy leaves out is
/// as the table says.
struct RuleParameters
{
    std::vector<std::string> allow;
    std::vector<std::string> readWrite;
    Limits ceilings; ///< `memory`, `cpus`, `pidsLimit`
};

/// A server as one entry of a profile runs it, limits merged; without profile and entry, as it stands.
struct InstanceSubject
{
    const ServerManifest* server = nullptr;
    const ProfileManifest* profile = nullptr;
    const ProfileEntry* entry = nullptr;
    Limits limits;
};

/// What is held against the rules.
using PolicySubject =
    std::variant<const ServerManifest*, const ProfileManifest*, const NetworkManifest*, const InstanceSubject*>;

/// The subject, if it is one of these; else null.
template <typename Manifest>
const Manifest* subjectAs(const PolicySubject& subject)
{
    const auto* const* found = std::get_if<const Manifest*>(&subject);
    return found == nullptr ? nullptr : *found;
}

struct PolicyFinding
{
    SourcePos place;
    std::string what;         ///< "`X` is ..."; the rule's why follows it
    std::string fix = {};     ///< empty: the rule's
    bool undecided = false;   ///< the manifest does not tell; then rule `unknown` speaks
    bool hidesSource = false; ///< what stands there may be a secret
};

using PolicyFindings = std::vector<PolicyFinding>;

struct Rule
{
    using Check = PolicyFindings(const PolicySubject&, const RuleParameters&, const PolicyContext&);

    std::string_view id;
    std::string_view why;
    std::string_view fix;
    Level level = Level::deny; ///< without a SecurityPolicy
    bool switchable = false;
    /// Of the rules about one thing, the first that denies speaks: one mistake, one finding. Empty: alone.
    std::string_view about = {};
    /// Null for what no manifest can say: `fields` are then the words that people try.
    Check* check = nullptr;
    std::vector<std::string_view> fields = {};
    RuleParameters defaults = {};
    std::string_view takes = {}; ///< its parameters and their defaults, for people
    /// For what there can be exemptions: some of `server`, `profile`, `network`.
    std::vector<std::string_view> exempts = {"server"};
};

/// The table of rules, in order: first those that hold always.
std::span<const Rule> ruleTable();

/// Where `field` of a server is written, else the server's name.
SourcePos placeIn(const ServerManifest& server, const std::string& field);

/// Rules about paths of the host (policy_paths.cpp).
Rule::Check findPathTraversal, findEngineSocket, findDangerousPaths, findHostPaths, findUnresolvedPaths;

/// Rules about images (policy_images.cpp).
Rule::Check findForeignImages, findMovingTags, findMissingDigests;

/// Rules about networks and what leads out of them or into them (policy_networks.cpp).
Rule::Check findHostNetworks, findOpenNetworks, findForeignNetworks, findForeignTargets, findPublishedAddresses;

/// Rules about what a server is given (policy_servers.cpp).
Rule::Check findCapabilities, findUnlistedCapabilities, findRoot, findWritableRoots, findLimits, findRestarts;

/// Secrets that are written out (policy_secrets.cpp).
Rule::Check findPlaintextSecrets;

/// Names of networks that are not networks of ours but ways around them, as `host` or `container:x`.
bool bypassesNetworks(const std::string& name);

}
