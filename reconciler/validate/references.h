#pragma once

#include "model/name.h"
#include "validate/catalog.h"

#include <string>

namespace mcpctl
{

/// The network that exists without being declared.
inline constexpr const char* sharedNetwork = "mcpctl-network";

/// `PROJECT-PROFILE-INSTANCE`.
InstanceName fullName(const ProjectName& project, const ProfileName& profile, const ProfileEntry& entry);

/// What names what, and whether that is there and unambiguous: `unknown-server`, `unknown-network`,
/// `duplicate-instance` (a name twice in a profile, or the same full name from two profiles),
/// `name-too-long`, `reserved-name`, `duplicate-network` (listed twice), `subnet` (overlaps).
Diagnostics checkReferences(const Catalog& catalog, const ProjectName& project);

}
