#include "validate/policy_settings.h"

#include <algorithm>
#include <charconv>

namespace mcpctl
{

namespace
{

const std::map<std::string, Level> levels{{"off", Level::off}, {"warn", Level::warn}, {"deny", Level::deny}};

const Rule* findRule(const std::string& id)
{
    const auto table = ruleTable();
    const auto found = std::find_if(table.begin(), table.end(), [&](const Rule& rule) { return rule.id == id; });
    return found == table.end() ? nullptr : &*found;
}

Diagnostic unknownRule(const std::string& id, const SourcePos& place)
{
    std::vector<std::string> known;
    for (const Rule& rule : ruleTable())
        known.emplace_back(rule.id);
    const std::string best = nearest(id, known);
    return makeError(place, "unknown-rule", "this version has no rule " + quoted(id),
                     (best.empty() ? "" : "did you mean " + quoted(best) + "? ") + "known rules: " + quotedList(known));
}

std::optional<std::chrono::year_month_day> parseDay(std::string_view text)
{
    const auto number = [&](std::size_t from, std::size_t count)
    {
        int value = 0;
        std::from_chars(text.data() + from, text.data() + from + count, value);
        return value;
    };
    const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                          std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    return day.ok() ? std::optional(day) : std::nullopt;
}

RuleSetting baselineOf(const Rule& rule)
{
    return {rule.level, rule.defaults, {}, true};
}

/// Reads one policy.
class PolicyReader
{
public:
    PolicyReader(const PolicyManifest& policy, const Catalog& catalog, const PolicyContext& context)
        : policy_(policy), catalog_(catalog), context_(context)
    {
    }

    Found<std::map<std::string_view, RuleSetting>> read()
    {
        for (const Node& node : policy_.spec["rules"].members())
            readRule(node);
        for (const Node& node : policy_.spec["exemptions"].items())
            readExemption(node);
        return {std::move(settings_), std::move(diagnostics_)};
    }

private:
    void fail(const Node& node, std::string rule, std::string message, std::string hint)
    {
        diagnostics_.push_back(makeError(node.place(), std::move(rule), std::move(message), std::move(hint)));
    }

    void readRule(const Node& node)
    {
        const Rule* rule = findRule(node.key());
        if (rule == nullptr)
        {
            diagnostics_.push_back(unknownRule(node.key(), node.place()));
            return;
        }
        const Level level = levels.at(node["level"].text());
        if (!rule->switchable && level != Level::deny)
            return fail(node["level"], "policy-floor", "rule " + quoted(node.key()) + " cannot be weakened",
                        std::string(rule->why) + "; leave the rule out, it always denies");
        RuleSetting& setting = settings_[rule->id];
        setting.level = level;
        setting.parameters = rule->defaults;
        if (node["allow"])
            setting.parameters.allow = node["allow"].texts();
        if (node["readWrite"])
            setting.parameters.readWrite = node["readWrite"].texts();
        auto ceilings = parseLimits(node);
        diagnostics_.insert(diagnostics_.end(), ceilings.diagnostics.begin(), ceilings.diagnostics.end());
        setting.parameters.ceilings = mergeLimits(rule->defaults.ceilings, ceilings.value);
    }

    void readExemption(const Node& node)
    {
        const std::string id = node["rule"].text();
        const Rule* rule = findRule(id);
        if (rule == nullptr)
        {
            diagnostics_.push_back(unknownRule(id, node["rule"].place()));
            return;
        }
        if (!rule->switchable)
            return fail(node["rule"], "policy-floor", "nothing can be exempt from rule " + quoted(id),
                        std::string(rule->why));
        const auto until = parseDay(node["until"].text());
        if (!until)
            return fail(node["until"], "exemption-date", quoted(node["until"].text()) + " is no day", "");
        if (*until < context_.today)
            return fail(node["until"], "exemption-expired", "the exemption ended with " + node["until"].text(),
                        "mend what it is for, or renew the exemption with whoever reviews the policy");
        if (node["server"])
            exempt(*rule, node, "server", "McpServer", catalog_.servers);
        else if (node["profile"])
            exempt(*rule, node, "profile", "Profile", catalog_.profiles);
        else
            exempt(*rule, node, "network", "Network", catalog_.networks);
    }

    template <typename Manifest>
    void exempt(const Rule& rule, const Node& node, const std::string& what, const std::string& kind,
                const std::map<std::string, Manifest>& declared)
    {
        const Node object = node[what];
        if (std::find(rule.exempts.begin(), rule.exempts.end(), what) == rule.exempts.end())
            return fail(object, "exemption-object", "rule " + quoted(std::string(rule.id)) + " is not about a " + what,
                        "name a " + std::string(rule.exempts.front()));
        const std::string name = object.text();
        std::vector<std::string> known;
        known.reserve(declared.size());
        for (const auto& [each, manifest] : declared)
            known.push_back(each);
        if (!declared.contains(name) && !catalog_.isBroken(kind, name))
            diagnostics_.push_back(
                makeWarning(object.place(), "unknown-" + what,
                            "the exemption is for a " + what + " that is not declared here, " + quoted(name),
                            suggestion(name, known)));
        else
            diagnostics_.push_back(makeNote(node.place(), "exemption",
                                            "policy " + quoted(policy_.name) + " exempts " + what + " " + quoted(name) +
                                                " from " + quoted(std::string(rule.id)) + " until " +
                                                node["until"].text() + ": " + node["reason"].text()));
        const auto [setting, added] = settings_.try_emplace(rule.id, baselineOf(rule));
        setting->second.baseline = setting->second.baseline && added;
        setting->second.exempt.emplace(what, name);
    }

    const PolicyManifest& policy_;
    const Catalog& catalog_;
    const PolicyContext& context_;
    std::map<std::string_view, RuleSetting> settings_;
    Diagnostics diagnostics_;
};

}

Found<PolicySettings> readPolicySettings(const Catalog& catalog, const Catalog& outside, const PolicyContext& context)
{
    Found<PolicySettings> found;
    std::map<std::string_view, std::vector<RuleSetting>> said;
    const auto read = [&](const Catalog& from)
    {
        for (const auto& [name, policy] : from.policies)
        {
            auto one = PolicyReader(policy, catalog, context).read();
            for (auto& [rule, setting] : one.value)
                said[rule].push_back(std::move(setting));
            found.diagnostics.insert(found.diagnostics.end(), one.diagnostics.begin(), one.diagnostics.end());
            const Node enforce = policy.spec["enforce"];
            found.value.stops = found.value.stops || (enforce && enforce.text() == "stop");
        }
    };
    read(outside);
    // What those outside do not speak of they leave as it is, and that is a word too.
    if (!outside.policies.empty())
        for (const Rule& rule : ruleTable())
            if (said[rule.id].empty())
                said[rule.id].push_back(baselineOf(rule));
    read(catalog);
    for (const Rule& rule : ruleTable())
    {
        auto& settings = said[rule.id];
        // The floor is not a policy's to set.
        found.value.rules.push_back(settings.empty() || !rule.switchable ? std::vector{baselineOf(rule)}
                                                                         : std::move(settings));
    }
    return found;
}

}
