#include "validate/policy.h"

#include "validate/policy_settings.h"

#include <algorithm>

namespace mcpctl
{

namespace
{

/// The names under which `subject` may be exempt.
std::vector<ExemptObject> namesOf(const PolicySubject& subject)
{
    if (const auto* server = subjectAs<ServerManifest>(subject))
        return {{"server", server->name.text}};
    if (const auto* profile = subjectAs<ProfileManifest>(subject))
        return {{"profile", profile->name.text}};
    if (const auto* network = subjectAs<NetworkManifest>(subject))
        return {{"network", network->name}};
    const auto* instance = subjectAs<InstanceSubject>(subject);
    std::vector<ExemptObject> names{{"server", instance->server->name.text}};
    if (instance->profile != nullptr)
        names.emplace_back("profile", instance->profile->name.text);
    return names;
}

bool isExempt(const RuleSetting& setting, const PolicySubject& subject)
{
    const auto names = namesOf(subject);
    return std::any_of(names.begin(), names.end(), [&](const auto& name) { return setting.exempt.contains(name); });
}

struct Judgement
{
    Level level;
    PolicyFinding finding;
};

class Judge
{
public:
    Judge(const Catalog& catalog, const PolicySettings& settings, bool onlyFloor, const PolicyContext& context)
        : catalog_(catalog), settings_(settings), onlyFloor_(onlyFloor), context_(context)
    {
    }

    PolicyVerdict judgeAll() &&
    {
        for (const auto& [name, server] : catalog_.servers)
            judge(&server);
        for (const auto& [name, profile] : catalog_.profiles)
            judge(&profile);
        for (const auto& [name, network] : catalog_.networks)
            judge(&network);
        judgeInstances();
        return std::move(verdict_);
    }

private:
    /// A server is held to its limits as profiles run it; one that none runs, as it stands.
    void judgeInstances()
    {
        std::set<std::string> run;
        for (const auto& [name, profile] : catalog_.profiles)
            for (const ProfileEntry& entry : profile.entries)
            {
                const auto server = catalog_.servers.find(entry.server.text);
                if (server == catalog_.servers.end())
                    continue;
                run.insert(entry.server.text);
                const InstanceSubject instance{&server->second, &profile, &entry,
                                               mergeLimits(server->second.limits, entry.limits)};
                judge(&instance);
            }
        for (const auto& [name, server] : catalog_.servers)
            if (!run.contains(name))
            {
                const InstanceSubject instance{&server, nullptr, nullptr, server.limits};
                judge(&instance);
            }
    }

    void judge(const PolicySubject& subject)
    {
        std::set<std::pair<std::string_view, SourcePos>> denied; // what a rule about it has spoken on
        const auto table = ruleTable();
        for (std::size_t i = 0; i < table.size(); ++i)
        {
            const Rule& rule = table[i];
            if (rule.check == nullptr || (onlyFloor_ && rule.switchable))
                continue;
            for (const auto& [place, judgement] : judgementsOf(rule, settings_.rules[i], subject))
            {
                if (!rule.about.empty() && denied.contains({rule.about, place.first}))
                    continue;
                if (judgement.level == Level::deny)
                {
                    denied.insert({rule.about, place.first});
                    deny(subject);
                }
                verdict_.diagnostics.push_back(toDiagnostic(rule, judgement));
            }
        }
    }

    /// What `rule` says of `subject`: every setting judges for itself, and of the judgements about one thing
    /// the strictest counts.
    std::map<std::pair<SourcePos, std::string>, Judgement>
    judgementsOf(const Rule& rule, const std::vector<RuleSetting>& settings, const PolicySubject& subject) const
    {
        std::map<std::pair<SourcePos, std::string>, Judgement> judgements;
        for (const RuleSetting& setting : settings)
        {
            if (setting.level == Level::off || isExempt(setting, subject))
                continue;
            for (auto& finding : rule.check(subject, setting.parameters, context_))
            {
                // Who asked for nothing is not told what cannot be known.
                if (finding.undecided && setting.baseline)
                    continue;
                const Level level =
                    finding.undecided ? std::min(setting.level, levelOfUnknown(subject)) : setting.level;
                if (level == Level::off)
                    continue;
                const auto [known, added] =
                    judgements.try_emplace({finding.place, subjectOf(finding)}, Judgement{level, finding});
                if (!added && known->second.level < level)
                    known->second = {level, finding};
            }
        }
        return judgements;
    }

    /// Two policies may say different things of one value: that is one finding.
    static std::string subjectOf(const PolicyFinding& finding)
    {
        return finding.what.substr(0, finding.what.find(' '));
    }

    Level levelOfUnknown(const PolicySubject& subject) const
    {
        Level level = Level::off;
        for (const RuleSetting& setting : settings_.rules[unknownIndex()])
            if (!isExempt(setting, subject))
                level = std::max(level, setting.level);
        return level;
    }

    static std::size_t unknownIndex()
    {
        const auto table = ruleTable();
        const auto found =
            std::find_if(table.begin(), table.end(), [](const Rule& rule) { return rule.id == "unknown"; });
        return static_cast<std::size_t>(found - table.begin());
    }

    static Diagnostic toDiagnostic(const Rule& asked, const Judgement& judgement)
    {
        const auto& finding = judgement.finding;
        const Rule& rule = finding.undecided ? ruleTable()[unknownIndex()] : asked;
        const auto make = judgement.level == Level::deny ? makeError : makeWarning;
        const std::string what = finding.what + (finding.undecided ? " (" + std::string(asked.id) + ")" : "");
        auto diagnostic = make(finding.place, std::string(rule.id), what + ": " + std::string(rule.why),
                               finding.fix.empty() ? std::string(rule.fix) : finding.fix, {});
        diagnostic.hidesSource = finding.hidesSource;
        return diagnostic;
    }

    void deny(const PolicySubject& subject)
    {
        if (const auto* server = subjectAs<ServerManifest>(subject))
            verdict_.servers.insert(server->name.text);
        else if (const auto* profile = subjectAs<ProfileManifest>(subject))
            verdict_.profiles.insert(profile->name.text);
        else if (const auto* network = subjectAs<NetworkManifest>(subject))
            verdict_.networks.insert(network->name);
        else if (const auto* instance = subjectAs<InstanceSubject>(subject); instance->entry != nullptr)
            verdict_.entries.emplace(instance->profile->name.text, instance->entry->name.text);
    }

    const Catalog& catalog_;
    const PolicySettings& settings_;
    const bool onlyFloor_;
    const PolicyContext& context_;
    PolicyVerdict verdict_;
};

}

PolicyVerdict checkPolicy(const Catalog& catalog, const Catalog& outside, const PolicyContext& context)
{
    const auto settings = readPolicySettings(catalog, outside, context);
    // A policy that cannot be read is an error by itself; what it might have allowed is not denied on top.
    const bool onlyFloor = catalog.broken.contains("SecurityPolicy") || outside.broken.contains("SecurityPolicy");
    auto verdict = Judge(catalog, settings.value, onlyFloor, context).judgeAll();
    verdict.diagnostics.insert(verdict.diagnostics.end(), settings.diagnostics.begin(), settings.diagnostics.end());
    verdict.stops = settings.value.stops;
    return verdict;
}

}
