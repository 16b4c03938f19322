#include "validate/policy.h"

#include "validate/policy_settings.h"

#include <algorithm>

namespace mcpctl
{

namespace
{

std::string serverName(const PolicySubject& subject)
{
    const auto* const* server = std::get_if<const ServerManifest*>(&subject);
    return server == nullptr ? "" : (*server)->name.text;
}

struct Judgement
{
    Level level;
    PolicyFinding finding;
};

/// What `rule` says of `subject`: every setting judges for itself, and of the judgements about one place
/// the strictest counts.
std::map<SourcePos, Judgement> judge(const Rule& rule, const std::vector<RuleSetting>& settings,
                                     const PolicySubject& subject, const PolicyContext& context)
{
    std::map<SourcePos, Judgement> judgements;
    for (const RuleSetting& setting : settings)
    {
        if (setting.level == Level::off || setting.exemptServers.contains(serverName(subject)))
            continue;
        for (auto& finding : rule.check(subject, setting.parameters, context))
        {
            const Judgement judgement{setting.level, finding};
            const auto [known, added] = judgements.try_emplace(finding.place, judgement);
            if (!added && known->second.level < setting.level)
                known->second = judgement;
        }
    }
    return judgements;
}

Diagnostic toDiagnostic(const Rule& rule, const Judgement& judgement)
{
    const auto& finding = judgement.finding;
    const auto make = judgement.level == Level::deny ? makeError : makeWarning;
    return make(finding.place, std::string(rule.id), finding.what + ": " + std::string(rule.why),
                finding.fix.empty() ? std::string(rule.fix) : finding.fix, {});
}

class Judge
{
public:
    Judge(PolicySettings settings, bool onlyFloor, const PolicyContext& context)
        : settings_(std::move(settings)), onlyFloor_(onlyFloor), context_(context)
    {
    }

    Diagnostics judgeAll(const PolicySubject& subject) const
    {
        Diagnostics found;
        std::set<std::pair<std::string_view, SourcePos>> denied; // what a rule about it has spoken on
        for (const Rule& rule : ruleTable())
        {
            if (rule.check == nullptr || (onlyFloor_ && rule.switchable))
                continue;
            for (const auto& [place, judgement] : judge(rule, settingsOf(rule), subject, context_))
            {
                if (!rule.about.empty() && denied.contains({rule.about, place}))
                    continue;
                if (judgement.level == Level::deny)
                    denied.insert({rule.about, place});
                found.push_back(toDiagnostic(rule, judgement));
            }
        }
        return found;
    }

private:
    std::vector<RuleSetting> settingsOf(const Rule& rule) const
    {
        const auto found = settings_.find(std::string(rule.id));
        if (!rule.switchable || found == settings_.end())
            return {{rule.level, {}, {}}};
        return found->second;
    }

    PolicySettings settings_;
    bool onlyFloor_;
    const PolicyContext& context_;
};

}

Diagnostics checkPolicy(const Catalog& catalog, const PolicyContext& context)
{
    auto settings = readPolicySettings(catalog, context);
    Diagnostics found = std::move(settings.diagnostics);
    const auto append = [&](const Diagnostics& more) { found.insert(found.end(), more.begin(), more.end()); };
    // A policy that cannot be read is an error by itself; what it might have allowed is not denied on top.
    const Judge judge(std::move(settings.value), catalog.broken.contains("SecurityPolicy"), context);
    for (const auto& [name, server] : catalog.servers)
        append(judge.judgeAll(&server));
    for (const auto& [name, profile] : catalog.profiles)
        append(judge.judgeAll(&profile));
    for (const auto& [name, network] : catalog.networks)
        append(judge.judgeAll(&network));
    return found;
}

}
