#include "validate/validate.h"

#include "validate/instances.h"
#include "validate/references.h"

namespace mcpctl
{

namespace
{

std::set<InstanceName> deniedBy(const PolicyVerdict& verdict, const Catalog& catalog, const ProjectName& project)
{
    std::set<InstanceName> denied;
    for (const auto& [name, profile] : catalog.profiles)
    {
        bool whole = verdict.profiles.contains(name);
        for (const Written& network : profile.allowedNetworks.value_or(std::vector<Written>{}))
            whole = whole || verdict.networks.contains(network.text);
        for (const ProfileEntry& entry : profile.entries)
            if (whole || verdict.servers.contains(entry.server.text) ||
                verdict.entries.contains({name, entry.name.text}))
                denied.insert(fullName(project, profile.name, entry));
    }
    return denied;
}

}

Validated validate(const Manifests& manifests, const ValidateOptions& options)
{
    Validated result;
    result.diagnostics = manifests.diagnostics;
    const auto append = [&](const Diagnostics& more)
    { result.diagnostics.insert(result.diagnostics.end(), more.begin(), more.end()); };

    const auto catalog = readCatalog(manifests);
    append(catalog.diagnostics);
    // From here on every document that is looked at obeys its schema.
    append(checkReferences(catalog.value, options.project));
    const auto outside = readCatalog(options.policies);
    append(options.policies.diagnostics);
    append(outside.diagnostics);
    const auto verdict = checkPolicy(catalog.value, outside.value, options.policy);
    append(verdict.diagnostics);
    result.denied = deniedBy(verdict, catalog.value, options.project);
    result.stopsDenied = verdict.stops;
    result.policyKnown = !catalog.value.incomplete && !catalog.value.broken.contains("SecurityPolicy") &&
                         !outside.value.incomplete && !outside.value.broken.contains("SecurityPolicy");
    auto made = makeInstances(catalog.value, options.project, options.gateways);
    append(made.diagnostics);
    result.desired = std::move(made.value);
    sortDiagnostics(result.diagnostics);
    return result;
}

}
