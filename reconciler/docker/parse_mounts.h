#pragma once

#include "docker/json_view.h"
#include "model/server_spec.h"

#include <map>
#include <string>

namespace mcpctl::docker
{

/// What is mounted into a container, by path inside, from all the places where an inspection tells it:
/// `HostConfig.Mounts`, `HostConfig.Binds`, and the list of what is really there, which has what other ways brought in.
///
/// Left out: volumes without a name of their own, which the engine makes for the image's VOLUME paths, and every tmpfs.
std::map<std::string, Mount> parseMounts(const JsonView& inspection);

/// Every tmpfs, path -> options.
std::map<std::string, std::string> parseTmpfs(const JsonView& hostConfig);

}
