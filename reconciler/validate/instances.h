#pragma once

#include "validate/catalog.h"
#include "validate/gateways.h"

namespace mcpctl
{

/// Makes the instances: each entry of a profile merged over its server, templates filled in, networks
/// and volumes named as on the engine. Entries whose server cannot be used are left out quietly: that
/// has been said where it was found.
///
/// Errors: `unknown-parameter`, `missing-parameter`, `parameter`, `limit`, `publish-without-network`,
/// `publish-clash`, `volume-clash`, and those of templates.h in a profile's `env`. Warnings:
/// `egress-not-closed`, `ambiguous-alias`, `needs-network`. Of the gateways: gateways.h.
Found<DesiredState> makeInstances(const Catalog& catalog, const ProjectName& project, const GatewayOptions& gateways);

}
