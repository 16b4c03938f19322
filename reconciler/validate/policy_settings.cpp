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

/// Reads one policy.
class PolicyReader
{
public:
    PolicyReader(const Catalog& catalog, const PolicyContext& context) : catalog_(catalog), context_(context) {}

    Found<std::map<std::string, RuleSetting>> read(const PolicyManifest& policy)
    {
        for (const Node& node : policy.spec["rules"].members())
            readRule(node);
        for (const Node& node : policy.spec["exemptions"].items())
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
        RuleSetting& setting = settings_[node.key()];
        setting.level = level;
        setting.parameters = {node["allow"].texts(), node["readWrite"].texts()};
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
                        "mend the server, or renew the exemption with whoever reviews the policy");
        exempt(*rule, node["server"]);
    }

    void exempt(const Rule& rule, const Node& server)
    {
        std::vector<std::string> known;
        for (const auto& [name, manifest] : catalog_.servers)
            known.push_back(name);
        if (!catalog_.servers.contains(server.text()) && !catalog_.isBroken("McpServer", server.text()))
            diagnostics_.push_back(
                makeWarning(server.place(), "unknown-server",
                            "the exemption is for a server that is not declared here, " + quoted(server.text()),
                            suggestion(server.text(), known)));
        const auto [setting, added] = settings_.try_emplace(std::string(rule.id));
        if (added)
            setting->second.level = rule.level;
        setting->second.exemptServers.insert(server.text());
    }

    const Catalog& catalog_;
    const PolicyContext& context_;
    std::map<std::string, RuleSetting> settings_;
    Diagnostics diagnostics_;
};

}

Found<PolicySettings> readPolicySettings(const Catalog& catalog, const PolicyContext& context)
{
    Found<PolicySettings> found;
    for (const auto& [name, policy] : catalog.policies)
    {
        auto one = PolicyReader(catalog, context).read(policy);
        for (auto& [rule, setting] : one.value)
            found.value[rule].push_back(std::move(setting));
        found.diagnostics.insert(found.diagnostics.end(), one.diagnostics.begin(), one.diagnostics.end());
    }
    return found;
}

}
