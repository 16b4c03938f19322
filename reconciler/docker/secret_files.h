#pragma once

#include "docker/environment.h"
#include "orchestrator/orchestrator.h"

#include <filesystem>
#include <set>
#include <string>

/// Files of secrets for containers: in memory on the host, bound read-only into the one container that they are for, so
/// that an inspection shows where they are and not what is in them.
///
///     ROOT/ENGINE/INSTANCE/RANDOM/NAME      ROOT: /run/mcpctl/secrets
///
/// RANDOM is new for each container and never changes: during a replace the old one keeps what it was made with, and
/// what a crash left behind belongs to no container. All functions may be called from any thread.
namespace mcpctl::docker
{

/// `$MCPCTL_RUN_DIR/secrets`, by default in /run/mcpctl.
std::filesystem::path secretsRoot(const Environment& environment);

/// Writes the files of `launch` below `root` and returns their folder: what is to be bound. Only the user of the
/// container can read them.
/// Throws OrchestratorError, with nothing left behind: `root` is not on a tmpfs or can be written by others, the user
/// is no number, or the files cannot be given to it.
std::filesystem::path writeSecretFiles(const std::filesystem::path& root, const std::string& engineId,
                                       const Launch& launch);

/// Removes the folder of one container; one that is not below `root`, or gone, is left alone.
void removeSecretFiles(const std::filesystem::path& root, const std::filesystem::path& folder);

/// Removes the folders beside `folder`, which are of the same instance, except for those in `kept`.
void removeOtherSecretFiles(const std::filesystem::path& folder, const std::set<std::filesystem::path>& kept);

/// Takes the folder of secrets out of the mounts of `instance`, if it has one as writeSecretFiles() makes them: below
/// `root`, its own, read-only, at secretFolder. Empty if not, and what is mounted there is a mount like any other.
std::filesystem::path takeSecretsFolder(ObservedInstance& instance, const std::filesystem::path& root);

/// Reads what is in `folder` into the spec; that it is gone, as after a reboot, reads as no files. Sets
/// secretFilesHidden where that cannot be told: not `onThisHost`, or not for us to read.
void readSecretFiles(ObservedInstance& instance, const std::filesystem::path& root, const std::filesystem::path& folder,
                     bool onThisHost);

}
