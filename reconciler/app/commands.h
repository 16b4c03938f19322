#pragma once

#include "app/exit_code.h"
#include "app/lifecycle.h"
#include "app/options.h"

#include <stop_token>
#include <string>
#include <vector>

/// The commands of the program. stdout carries the answer, stderr the talk. Each throws what the world
/// throws; runCommand() in cli.cpp turns that into an exit code, in one place.
namespace mcpctl
{

ExitCode validateCommand(const GlobalOptions& global, const std::vector<std::string>& paths);
ExitCode planCommand(const GlobalOptions& global, const ReconcileOptions& options);
ExitCode applyCommand(const GlobalOptions& global, ReconcileOptions options, const std::stop_token& stop);
/// Everything of the project goes, volumes excepted. Asks on a terminal unless `yes`.
ExitCode destroyCommand(const GlobalOptions& global, bool yes, const std::stop_token& stop);
ExitCode statusCommand(const GlobalOptions& global);
/// Restarts, stops or starts the instances that `names` mean (select_instances.h), under the project's lock.
ExitCode lifecycleCommand(const GlobalOptions& global, LifecycleVerb verb, const std::vector<std::string>& names,
                          const LifecycleOptions& options, const std::stop_token& stop);
/// Everything that can be told of one instance, on one screen.
ExitCode describeCommand(const GlobalOptions& global, const DescribeOptions& options);
/// What a client puts into its configuration to reach the servers that run.
ExitCode connectConfigCommand(const GlobalOptions& global, const ConnectOptions& options);
/// The JSON schema of `kind`; without one, the names of all kinds.
ExitCode schemaCommand(const std::string& kind);
ExitCode doctorCommand(const GlobalOptions& global);
ExitCode versionCommand(const GlobalOptions& global);

}
