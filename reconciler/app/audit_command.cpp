#include "app/audit.h"
#include "app/commands.h"
#include "app/engine.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "app/secrets.h"
#include "app/select_instances.h"
#include "app/terminal.h"
#include "model/secrets.h"
#include "orchestrator/bounded_pool.h"

#include <fmt/format.h>

#include <Poco/Base64Encoder.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <sstream>

namespace mcpctl
{

namespace
{

using Result = AuditView::Result;

/// What the manifests at hand say, and what a plan would change by them.
struct Asked
{
    DesiredState desired; ///< with its secrets
    Plan plan;
    Diagnostics findings; ///< of the manifests
    SourceTexts texts;
    bool valid = false;
};

Asked askedFor(const GlobalOptions& global, const AuditOptions& options, const OrchestratorView& view)
{
    auto declared = declare(global, options.paths, std::cin);
    if (!isReport(global.output))
        sayDiagnostics(declared);
    if (!declared.valid())
    {
        say("what was asked for is not told while a manifest has an error\n");
        return {{}, {}, std::move(declared.diagnostics), std::move(declared.texts), false};
    }
    auto decision = decide(declared, global, {}, view);
    return {std::move(decision.desired), std::move(decision.plan), std::move(declared.diagnostics),
            std::move(declared.texts), true};
}

/// Values to look for in images, also as base64. Short ones would be found by chance.
std::vector<std::string> secretsOf(const DesiredState& desired)
{
    std::set<std::string> out;
    for (const auto& [name, instance] : desired.instances)
        forEachSecret(instance.spec,
                      [&](const std::string&, const EnvValue& value)
                      {
                          if (!value.resolved || value.text.size() < 6)
                              return;
                          std::ostringstream coded;
                          Poco::Base64Encoder encoder(coded, Poco::BASE64_NO_PADDING);
                          encoder << value.text;
                          encoder.close();
                          out.insert({value.text, coded.str()});
                      });
    return {out.begin(), out.end()};
}

/// By the plan: whoever knows that the manifests obey the policy, and that this runs as they declare, knows that this
/// obeys the policy.
AuditFinding asDeclared(const ObservedInstance& instance, const Asked& asked)
{
    AuditFinding finding{.check = "as-declared",
                         .title = "it runs as the manifests declare",
                         .subject = instance.name,
                         .why = "the policy is held against manifests, so what runs otherwise obeys no policy",
                         .fix = "`mcpctl apply`"};
    const auto declared = asked.desired.instances.find(InstanceName(instance.marks.instance));
    if (declared != asked.desired.instances.end())
        finding.place = declared->second.place;
    const auto step = std::find_if(asked.plan.steps.begin(), asked.plan.steps.end(),
                                   [&](const Step& each) { return each.object == instance.marks.instance; });
    finding.engine = step == asked.plan.steps.end()
                         ? AuditView{Result::pass, "nothing to do"}
                         : AuditView{Result::fail, fmt::format("{}: {}", verbOf(*step), step->because)};
    finding.verdict = finding.engine.result;
    return finding;
}

std::string slug(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return std::isalnum(c) != 0 ? static_cast<char>(std::tolower(c)) : '-'; });
    return text;
}

/// What `mcpctl doctor` sees, as far as it is about safety.
AuditFindings hostFindings(const GlobalOptions& global)
{
    AuditFindings out;
    for (const auto& each : examineEngine(global))
    {
        if (each.subject == "disk" || each.subject == "mcpctl-network")
            continue; // no matter of safety, and told with the networks
        const auto result = each.level == docker::Finding::Level::good ? Result::pass : Result::fail;
        out.push_back({.check = "host-" + slug(each.subject),
                       .title = each.subject,
                       .subject = "engine",
                       .engine = {result, each.text},
                       .verdict = result,
                       .onlyWarns = each.level == docker::Finding::Level::warning,
                       .why = "it holds, or does not, for every server on this engine",
                       .fix = each.advice});
    }
    return out;
}

/// What to look at: ours, and what others started with our labels.
struct Chosen
{
    std::string id;
    std::string name;
    bool ours = true;
};

std::vector<Chosen> choose(const Listing& listing, const AuditOptions& options)
{
    std::vector<Chosen> out;
    const bool all = options.instances.empty();
    for (const auto& each : all ? listing.ours : selectInstances(listing.ours, options.instances))
        out.push_back({each.id, each.name, true});
    for (const auto& foreign : listing.foreign)
        if (all && foreign.marked)
            out.push_back({foreign.id, foreign.name, false});
    return out;
}

std::optional<AuditFindings> auditOne(const Chosen& chosen, const OrchestratorView& view, const Asked& asked,
                                      const std::map<NetworkName, ObservedNetwork>& networks,
                                      const std::vector<std::string>& secrets)
{
    AuditSubject subject;
    try
    {
        subject.isolation = view.getIsolation(chosen.id);
    }
    catch (const OrchestratorError& error)
    {
        if (error.kind() == OrchestratorError::Kind::notFound)
            return std::nullopt; // gone since it was listed
        throw;
    }
    subject.ours = chosen.ours;
    subject.networks = networks;
    subject.secrets = secrets;
    const auto declared = asked.desired.instances.find(InstanceName(subject.isolation.engine.marks.instance));
    if (chosen.ours && declared != asked.desired.instances.end())
        subject.declared = &declared->second;
    auto findings = audit(subject);
    if (chosen.ours && asked.valid)
        findings.push_back(asDeclared(subject.isolation.engine, asked));
    return findings;
}

/// The findings of the manifests and of what runs, by the rules of both.
std::string auditReport(OutputFormat format, const Asked& asked, const AuditFindings& findings)
{
    FindingsReport report{"mcpctl audit", asked.findings, asked.texts, policyRules(),
                          std::filesystem::current_path().string()};
    for (auto& each : toDiagnostics(findings))
        report.diagnostics.push_back(std::move(each));
    for (const auto& check : auditChecks())
        report.rules.push_back({fmt::format("audit-{}", check.id), std::string(check.why), std::string(check.fix),
                                false, check.onlyWarns ? "warn" : "deny", ""});
    return renderReport(format, report);
}

void append(AuditFindings& to, AuditFindings more)
{
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

}

ExitCode auditCommand(const GlobalOptions& global, const AuditOptions& options)
{
    const auto engine = openForReading(global);
    const auto& view = *engine.view;
    const auto asked = options.paths.empty() ? Asked{} : askedFor(global, options, view);
    const auto listing = view.listInstances(ProjectName(global.project));
    const auto chosen = choose(listing, options);
    std::map<NetworkName, ObservedNetwork> networks;
    for (const auto& network : listing.networks)
        networks.emplace(network.spec.name, network);

    AuditFindings findings;
    if (options.instances.empty())
    {
        findings = hostFindings(global);
        for (const auto& [name, network] : networks)
        {
            const auto wanted = asked.desired.networks.find(name);
            const bool declared = wanted != asked.desired.networks.end();
            if (declared || (network.ours && (network.ownerProject.empty() || network.ownerProject == global.project)))
                findings.push_back(auditNetwork(network, declared ? &wanted->second.spec : nullptr));
        }
    }
    const auto secrets = secretsOf(asked.desired);
    std::vector<AuditFindings> each(chosen.size());
    forEachInParallel(chosen.size(), 8,
                      [&](std::size_t i)
                      { each[i] = auditOne(chosen[i], view, asked, networks, secrets).value_or(AuditFindings{}); });
    for (auto& some : each)
        append(findings, std::move(some));

    const auto summary = summarize(findings);
    const bool valid = options.paths.empty() || asked.valid;
    if (isReport(global.output))
        print(auditReport(global.output, asked, findings));
    else
        print(global.output == OutputFormat::json ? auditJson(findings, global.project)
                                                  : renderAudit(findings, options.all, wantsColour(STDOUT_FILENO)));
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    if (!valid)
        return ExitCode::invalid;
    return summary.fail > 0 || (options.strict && summary.warn + summary.unknown > 0) ? ExitCode::failed
                                                                                      : ExitCode::done;
}

}
