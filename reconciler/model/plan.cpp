#include "model/plan.h"

#include <algorithm>
#include <array>

namespace mcpctl
{

namespace
{

/// Severity of an action, so that a step can be named by its strongest, and the verb for it.
struct Rank
{
    int severity;
    std::string_view verb;
};

struct RankOf
{
    Rank operator()(const action::Blocked&) const { return {100, "blocked"}; }
    Rank operator()(const action::Replace&) const { return {90, "replace"}; }
    Rank operator()(const action::Create&) const { return {80, "create"}; }
    Rank operator()(const action::Restore&) const { return {70, "recover"}; }
    Rank operator()(const action::FinishReplace&) const { return {70, "recover"}; }
    Rank operator()(const action::Start&) const { return {50, "start"}; }
    Rank operator()(const action::Suspend&) const { return {45, "stop"}; }
    Rank operator()(const action::Update&) const { return {40, "update"}; }
    Rank operator()(const action::Connect&) const { return {40, "update"}; }
    Rank operator()(const action::Disconnect&) const { return {40, "update"}; }
    Rank operator()(const action::Configure&) const { return {40, "update"}; }
    Rank operator()(const action::EnsureNetwork&) const { return {30, "create network"}; }
    Rank operator()(const action::RemoveNetwork&) const { return {30, "remove network"}; }
    Rank operator()(const action::Remove&) const { return {20, "remove"}; }
};

}

std::string_view toString(Verdict verdict)
{
    switch (verdict)
    {
    case Verdict::pending:
        return "pending";
    case Verdict::drift:
        return "drift";
    case Verdict::both:
        return "both";
    }
    return "";
}

Verdict verdictOf(std::string_view text)
{
    return text == "pending" ? Verdict::pending : text == "drift" ? Verdict::drift : Verdict::both;
}

std::string_view verbOf(const Step& step)
{
    Rank strongest{0, "nothing"};
    for (const auto& each : step.actions)
        if (const auto rank = std::visit(RankOf{}, each); rank.severity > strongest.severity)
            strongest = rank;
    if (step.phase == Step::Phase::networks && has<action::RemoveNetwork>(step))
        return "replace network"; // whatever is done on the way to those that hang on it
    // Only leftovers of a replace go, and the instance itself stays.
    if (strongest.verb == "remove" && step.phase == Step::Phase::servers)
        return "recover";
    return strongest.verb;
}

PlanSummary summarize(const Plan& plan)
{
    PlanSummary summary;
    const std::array<std::pair<std::string_view, int*>, 11> counters{{
        {"create", &summary.create},
        {"replace", &summary.replace},
        {"update", &summary.update},
        {"start", &summary.start},
        {"stop", &summary.stop},
        {"remove", &summary.remove},
        {"recover", &summary.recover},
        {"create network", &summary.networks},
        {"remove network", &summary.networks},
        {"replace network", &summary.networks},
        {"blocked", &summary.blocked},
    }};
    for (const auto& step : plan.steps)
    {
        const auto verb = verbOf(step);
        for (const auto& [name, counter] : counters)
            if (verb == name)
                ++*counter;
        if (!step.changes.empty() && std::all_of(step.changes.begin(), step.changes.end(),
                                                 [](const Change& change) { return change.verdict == Verdict::drift; }))
            ++summary.driftOnly;
    }
    return summary;
}

}
