#include "app/pipeline.h"

#include "app/gateway_options.h"
#include "app/host_ports.h"
#include "app/outside_policies.h"
#include "app/policy_context.h"
#include "app/secrets.h"
#include "diff/addresses.h"
#include "diff/diff.h"
#include "load/load.h"
#include "model/gateways.h"
#include "orchestrator/observe.h"
#include "validate/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace mcpctl
{

namespace
{

std::optional<std::string> environmentVariable(const std::string& name)
{
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

bool narrowed(const ReconcileOptions& options)
{
    return !options.profiles.empty() || !options.servers.empty();
}

/// Every name that was asked for must select something: a typing error must not look like "nothing to do".
template <typename NameOf>
void requireEach(const std::vector<std::string>& names, const DesiredState& desired, std::string_view option,
                 const NameOf& nameOf)
{
    std::vector<std::string> known;
    for (const auto& [name, instance] : desired.instances)
        known.push_back(nameOf(instance));
    for (const auto& name : names)
        if (std::find(known.begin(), known.end(), name) == known.end())
        {
            const auto near = nearest(name, known);
            throw UsageError(fmt::format("{} {}: no instance is declared for it{}", option, name,
                                         near.empty() ? "" : fmt::format("; did you mean {}?", near)));
        }
}

bool selected(const std::vector<std::string>& names, const std::string& name)
{
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

/// `desired` with only the instances that were asked for, and the networks that they need. Gateways stay: they
/// cannot serve some without the others.
DesiredState narrow(DesiredState desired, const ReconcileOptions& options)
{
    if (!narrowed(options))
        return desired;
    requireEach(options.profiles, desired, "--profile", [](const auto& each) { return each.profile.text; });
    requireEach(options.servers, desired, "--server", [](const auto& each) { return each.server.text; });
    std::erase_if(desired.instances,
                  [&](const auto& entry)
                  {
                      return !isGateway(entry.first.text, desired.project) &&
                             (!selected(options.profiles, entry.second.profile.text) ||
                              !selected(options.servers, entry.second.server.text));
                  });
    std::erase_if(desired.networks,
                  [&](const auto& network)
                  {
                      return std::none_of(desired.instances.begin(), desired.instances.end(),
                                          [&](const auto& entry)
                                          { return entry.second.spec.networks.count(network.first) > 0; });
                  });
    return desired;
}

}

namespace
{

Validated validateNow(const Manifests& manifests, Manifests policies, const GlobalOptions& global)
{
    return validate(manifests,
                    {ProjectName(global.project), policyContext(global), gatewayOptions(global), std::move(policies)});
}

std::set<InstanceName> stoppedOf(const Validated& validated)
{
    return validated.stopsDenied ? validated.denied : std::set<InstanceName>{};
}

}

Declared declare(const GlobalOptions& global, const std::vector<std::string>& paths, std::istream& standardInput)
{
    auto manifests = load(paths, standardInput);
    auto policies = loadPolicies(global.policies);
    auto validated = validateNow(manifests, policies, global);

    Declared declared;
    declared.desired = std::move(validated.desired);
    declared.diagnostics = std::move(validated.diagnostics);
    declared.texts = std::move(manifests.texts);
    declared.texts.merge(policies.texts);
    declared.wholeFolders = manifests.wholeFolders;
    declared.stopped = stoppedOf(validated);
    declared.policyKnown = validated.policyKnown;
    declared.manifests.documents = std::move(manifests.documents);
    return declared;
}

std::set<InstanceName> stoppedNow(const Declared& good, const Declared& newest, const GlobalOptions& global)
{
    Manifests mixed;
    for (const Document& document : good.manifests.documents)
        if (!isPolicy(document))
            mixed.documents.push_back(document);
    for (const Document& document : newest.manifests.documents)
        if (isPolicy(document))
            mixed.documents.push_back(document);
    return stoppedOf(validateNow(mixed, loadPolicies(global.policies), global));
}

Decision decide(const Declared& declared, const GlobalOptions& global, const ReconcileOptions& options,
                const OrchestratorView& view)
{
    RegistryAnswers none;
    return decide(declared, global, options, view, none);
}

Decision decide(const Declared& declared, const GlobalOptions& global, const ReconcileOptions& options,
                const OrchestratorView& view, RegistryAnswers& known)
{
    Decision decision;
    decision.desired = withSecrets(narrow(declared.desired, options), {inOrder(global.secrets), environmentVariable});

    DiffOptions diffOptions;
    diffOptions.prune = options.prune && declared.wholeFolders && !narrowed(options);
    decision.observed = observe(view, decision.desired, known);
    decision.observed.portsInUse = portsInUse(decision.desired, decision.observed, global);
    decision.desired = withAddresses(std::move(decision.desired), decision.observed);
    decision.plan = diff(decision.desired, decision.observed, diffOptions);
    decision.guard =
        pruneGuard(decision.plan, decision.desired.instances.size(), {options.allowEmpty, options.pruneMax});
    return decision;
}

}
