#pragma once

#include "model/document.h"

#include <string>
#include <vector>

namespace mcpctl
{

/// Is it of kind SecurityPolicy, right or wrong?
bool isPolicy(const Document& document);

/// Loads the SecurityPolicies that `--policy` names: files, or folders. What is wrong is a finding, `policy-file`
/// beside those of load(): a path without any policy in it, and what is no SecurityPolicy. So a policy that was
/// asked for is never left out. Throws UsageError for `-`: standard input may be the manifests.
Manifests loadPolicies(const std::vector<std::string>& paths);

}
