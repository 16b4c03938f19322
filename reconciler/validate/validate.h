#pragma once

#include "model/desired_state.h"
#include "model/document.h"
#include "validate/gateways.h"
#include "validate/policy.h"

#include <set>

namespace mcpctl
{

// Manifests -> DesiredState, or Diagnostics. In this order:
//
//     schema      each document against the schema of its kind            schemas.h, explain.h
//     catalog     documents as values, each read once                     catalog.h
//     references  who names whom; names that are taken                    references.h
//     policy      the security rules                                      policy.h
//     instances   profile over server, templates, networks, volumes      instances.h
//     gateways    what the instances reach and how they are reached      gateways.h

struct ValidateOptions
{
    /// A DNS label; part of every name on the engine.
    ProjectName project{"mcpctl"};
    PolicyContext policy;
    GatewayOptions gateways = {};
    /// SecurityPolicies from outside of what is validated, as `--policy` gives them.
    Manifests policies = {};
};

struct Validated
{
    /// Valid, complete and within the policy; to be used only when no error stands among the
    /// diagnostics. Secrets are named in it, not read: their values are empty and not resolved.
    DesiredState desired;
    /// All at once and sorted, those of the manifests included.
    Diagnostics diagnostics;
    /// Instances that the policy denies, were it only for where they are.
    std::set<InstanceName> denied;
    bool stopsDenied = false; ///< a policy says `enforce: stop`
    bool policyKnown = true;  ///< every policy could be read, so what is not denied is known to be allowed
};

/// Pure: the same input gives the same result. Any number of threads may call it at once.
Validated validate(const Manifests& manifests, const ValidateOptions& options);

}
