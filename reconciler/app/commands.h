#pragma once

#include "app/exit_code.h"
#include "app/lifecycle.h"
#include "app/options.h"
#include "app/signals.h"

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
/// Reconciles until stopped: now, and whenever the manifests or the engine move.
ExitCode watchCommand(const GlobalOptions& global, const WatchOptions& watch, Signals& signals);
/// Everything of the project goes, volumes excepted. Asks on a terminal unless `yes`.
ExitCode destroyCommand(const GlobalOptions& global, bool yes, const std::stop_token& stop);
/// Lends this process's stdio to the instance that `word` names (select_instances.h) for one session. Returns the exit
/// status of the server, or 128 and the number of the signal that ended it.
ExitCode attachCommand(const GlobalOptions& global, const std::string& word, bool steal, Signals& signals);
/// Ends when the logs do; with `follow` when stopped, which is no failure.
ExitCode logsCommand(const GlobalOptions& global, const LogsOptions& options, const std::stop_token& stop);
/// A line for each event, until stopped or until options.until.
ExitCode eventsCommand(const GlobalOptions& global, const ObserveOptions& options, const std::stop_token& stop);
/// A table of what each running instance uses, again and again until stopped, or once.
ExitCode statsCommand(const GlobalOptions& global, const ObserveOptions& options, const std::stop_token& stop);
ExitCode statusCommand(const GlobalOptions& global, const StatusOptions& options);
/// Restarts, stops or starts the instances that `names` mean (select_instances.h), under the project's lock.
ExitCode lifecycleCommand(const GlobalOptions& global, LifecycleVerb verb, const std::vector<std::string>& names,
                          const LifecycleOptions& options, const std::stop_token& stop);
/// Everything that can be told of one instance, on one screen.
ExitCode describeCommand(const GlobalOptions& global, const DescribeOptions& options);
/// What a client puts into its configuration to reach the servers that run.
ExitCode connectConfigCommand(const GlobalOptions& global, const ConnectOptions& options);
/// Holds what runs against what should hold it in. 1 when something fails, or with `strict` is unknown or warned of.
ExitCode auditCommand(const GlobalOptions& global, const AuditOptions& options);
/// The JSON schema of `kind`; without one, the names of all kinds.
ExitCode schemaCommand(const std::string& kind);
ExitCode doctorCommand(const GlobalOptions& global);
ExitCode versionCommand(const GlobalOptions& global);

}
