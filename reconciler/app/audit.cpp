#include "app/audit.h"

#include "model/fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

using Result = AuditView::Result;

bool runs(const ObservedInstance& instance)
{
    return instance.state == RunState::running || instance.state == RunState::paused ||
           instance.state == RunState::restarting;
}

/// The manifest's word; without one that of the labels, which tell by hashes whether the live fields are as they were
/// asked for.
AuditView requestedOf(const AuditCheck& check, const AuditSubject& subject)
{
    if (check.ofSpec == nullptr)
        return {};
    if (subject.declared != nullptr)
        return check.ofSpec(subject.declared->spec);
    const auto& instance = subject.isolation.engine;
    const auto live = fieldHashes(instance.spec);
    for (const auto field : check.fields)
    {
        const auto made = instance.marks.fieldHashes.find(std::string(field));
        if (made == instance.marks.fieldHashes.end())
            return {Result::unknown, "no manifest at hand, and no label tells"};
        if (made->second != live.at(std::string(field)))
            return {Result::unknown, fmt::format("{} is not as it was asked for when it was made", field)};
    }
    if (check.fields.empty())
        return {};
    auto view = check.ofSpec(instance.spec);
    view.text += " (by its labels)";
    return view;
}

AuditView kernelOf(const AuditCheck& check, const Isolation& isolation)
{
    if (check.ofKernel == nullptr)
        return {};
    if (!runs(isolation.engine))
        return {Result::none, "it does not run"};
    if (!isolation.kernel.unseen.empty())
        return {Result::unknown, isolation.kernel.unseen};
    return check.ofKernel(isolation.kernel, isolation.engine.spec);
}

}

std::string_view toString(Result result)
{
    switch (result)
    {
    case Result::pass:
        return "pass";
    case Result::fail:
        return "fail";
    case Result::unknown:
        return "unknown";
    case Result::none:
        break;
    }
    return "-";
}

Result verdictOf(const AuditFinding& finding, bool kernelCanTell, bool runs)
{
    for (const auto* view : {&finding.requested, &finding.engine, &finding.kernel})
        if (view->result == Result::fail)
            return Result::fail;
    const bool kernelCounts = kernelCanTell && runs;
    // A manifest is a wish: that what runs is so has to be seen.
    if ((kernelCounts && finding.kernel.result == Result::unknown) || finding.engine.result == Result::unknown)
        return Result::unknown;
    const bool seen = finding.engine.result == Result::pass || finding.kernel.result == Result::pass;
    return seen ? Result::pass : Result::unknown;
}

AuditFindings audit(const AuditSubject& subject)
{
    const auto& instance = subject.isolation.engine;
    AuditFindings out;
    for (const auto& check : auditChecks())
    {
        AuditFinding finding{.check = std::string(check.id),
                             .title = std::string(check.title),
                             .subject = instance.name,
                             .requested = requestedOf(check, subject),
                             .engine = check.ofSubject != nullptr ? check.ofSubject(subject)
                                       : check.ofSpec != nullptr  ? check.ofSpec(instance.spec)
                                                                  : AuditView{},
                             .kernel = kernelOf(check, subject.isolation),
                             .onlyWarns = check.onlyWarns,
                             .why = std::string(check.why),
                             .fix = std::string(check.fix),
                             .place = subject.declared == nullptr ? SourcePos{} : subject.declared->place};
        const bool noQuestion = runs(instance) && check.ofKernel != nullptr && finding.kernel.result == Result::none;
        if (noQuestion || (finding.engine.result == Result::none && finding.kernel.result == Result::none))
            continue; // as AppArmor on a host that has none
        finding.verdict = verdictOf(finding, check.ofKernel != nullptr, runs(instance));
        out.push_back(std::move(finding));
    }
    return out;
}

AuditFinding auditNetwork(const ObservedNetwork& network, const NetworkSpec* wanted)
{
    const auto& spec = network.spec;
    AuditFinding finding{.check = "network-options",
                         .title = "it is closed, or open because it is declared so",
                         .subject = spec.name.text,
                         .why = "on an open one a server reaches the host and the internet",
                         .fix = "`mcpctl apply` makes it anew, once nothing that is not ours hangs on it"};
    const auto shown = [](const NetworkSpec& each)
    {
        return fmt::format("{}, {} on the host{}{}", each.internal ? "internal" : "a way out",
                           each.hostAddress ? "an address" : "no address", each.ipv6 ? ", IPv6" : "",
                           each.oddities.empty() ? "" : fmt::format(", {}", fmt::join(each.oddities, ", ")));
    };
    NetworkSpec closed;
    const auto& asked = wanted == nullptr ? closed : *wanted;
    const bool good = spec.internal == asked.internal && spec.hostAddress == asked.hostAddress &&
                      spec.ipv6 == asked.ipv6 && spec.oddities == asked.oddities;
    if (wanted != nullptr)
        finding.requested = {Result::pass, shown(*wanted)};
    finding.engine = {good ? Result::pass : Result::fail, shown(spec)};
    finding.verdict = finding.engine.result;
    return finding;
}

AuditSummary summarize(const AuditFindings& findings)
{
    AuditSummary summary;
    for (const auto& finding : findings)
        if (finding.verdict == Result::pass)
            ++summary.pass;
        else if (finding.verdict == Result::fail)
            ++(finding.onlyWarns ? summary.warn : summary.fail);
        else
            ++summary.unknown;
    return summary;
}

Diagnostics toDiagnostics(const AuditFindings& findings)
{
    Diagnostics out;
    for (const auto& finding : findings)
    {
        if (finding.verdict == Result::pass)
            continue;
        std::string what;
        for (const auto& [side, view] : {std::pair{"requested", &finding.requested},
                                         std::pair{"engine", &finding.engine}, std::pair{"kernel", &finding.kernel}})
            if (view->result == finding.verdict)
                what += fmt::format("{}{}: {}", what.empty() ? "" : "; ", side, view->text);
        out.push_back({.severity = finding.verdict == Result::fail && !finding.onlyWarns
                                       ? Diagnostic::Severity::error
                                       : Diagnostic::Severity::warning,
                       .pos = finding.place,
                       .message = fmt::format("{}: {} {} ({})", finding.subject, finding.title,
                                              finding.verdict == Result::fail ? "fails" : "is unknown", what),
                       .rule = "audit-" + finding.check,
                       .hint = finding.fix});
    }
    return out;
}

}
