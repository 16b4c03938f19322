#pragma once

#include "docker/client.h"

#include <map>
#include <string>

/// Configuration files of a container (ServerSpec::configFiles): in a volume of its own, written and read through the
/// engine's archive calls, so that no file of the host is needed.
namespace mcpctl::docker
{

using ConfigFiles = std::map<std::string, std::string>;

/// The folder that all of them are in: `/config` for `/config/a.cfg`.
std::string configFolder(const ConfigFiles& files);

/// The files of `folder` as its process has them: one that was written and never loaded reads as something else, so
/// that a crash in between is seen. None where there is no such folder.
ConfigFiles readConfig(const ReadClient& client, const std::string& id, const std::string& folder);

/// Writes all of them. `loaded`: the process has them, or starts with them.
void writeConfig(Client& client, const std::string& id, const ConfigFiles& files, bool loaded);

}
