#include "validate/validate.h"

#include "validate/instances.h"
#include "validate/references.h"

namespace mcpctl
{

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
    append(checkPolicy(catalog.value, options.policy));
    auto made = makeInstances(catalog.value, options.project);
    append(made.diagnostics);
    result.desired = std::move(made.value);
    sortDiagnostics(result.diagnostics);
    return result;
}

}
