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

/// What a SecurityPolicy gives a rule beside its level.
struct RuleParameters
{
    std::vector<std::string> allow;
    std::vector<std::string> readWrite;
};

/// What is held against the rules.
using PolicySubject = std::variant<const ServerManifest*, const ProfileManifest*, const NetworkManifest*>;

struct PolicyFinding
{
    SourcePos place;
    std::string what; ///< "`X` is ..."; the rule's why follows it
    std::string fix;  ///< empty: the rule's
};

using PolicyFindings = std::vector<PolicyFinding>;

struct Rule
{
    std::string_view id;
    std::string_view why;
    std::string_view fix;
    Level level; ///< without a SecurityPolicy
    bool switchable;
    /// Of the rules about one thing, the first that denies speaks: one mistake, one finding. Empty: alone.
    std::string_view about;
    /// Null for what no manifest can say: `fields` are then the words that people try.
    PolicyFindings (*check)(const PolicySubject&, const RuleParameters&, const PolicyContext&);
    std::vector<std::string_view> fields;
};

/// The table of rules, in order: first those that hold always.
std::span<const Rule> ruleTable();

/// Rules about paths of the host (policy_paths.cpp).
PolicyFindings findPathTraversal(const PolicySubject&, const RuleParameters&, const PolicyContext&);
PolicyFindings findEngineSocket(const PolicySubject&, const RuleParameters&, const PolicyContext&);
PolicyFindings findDangerousPaths(const PolicySubject&, const RuleParameters&, const PolicyContext&);
PolicyFindings findHostPaths(const PolicySubject&, const RuleParameters&, const PolicyContext&);
PolicyFindings findUnresolvedPaths(const PolicySubject&, const RuleParameters&, const PolicyContext&);

/// Rules about images (policy_images.cpp).
PolicyFindings findForeignImages(const PolicySubject&, const RuleParameters&, const PolicyContext&);
PolicyFindings findMovingTags(const PolicySubject&, const RuleParameters&, const PolicyContext&);

/// Names of networks that are not networks of ours but ways around them, as `host` or `container:x`.
bool bypassesNetworks(const std::string& name);

}
