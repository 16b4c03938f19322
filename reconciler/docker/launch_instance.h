#pragma once

#include "docker/container_calls.h"
#include "docker/engine_reader.h"
#include "orchestrator/orchestrator.h"

#include <functional>
#include <string>
#include <vector>

namespace mcpctl::docker
{

/// Makes a container `name` for `launch` and hangs it on its networks; it does not start it. Returns its id.
///
/// What was asked for of isolation and limits is read back and compared, for an engine may accept an option and not put
/// it in force. Throws OrchestratorError; then no container is left behind, and no files of secrets. Those that nobody
/// uses any more go; the container `oldId`, if there is one, keeps its own.
std::string makeInstance(ContainerCalls& calls, const EngineReader& reader, const Launch& launch,
                         const std::string& name, const std::string& oldId = "");

/// Does `action`; if it throws, removes the container `id` and throws on.
void orRemove(ContainerCalls& calls, const std::string& id, const std::function<void()>& action);

/// One line for each field of `names` (all fields that guard, if empty) in which `live` is not as `asked`, with what
/// was asked and what is there.
std::vector<std::string> mismatches(const ServerSpec& asked, const ServerSpec& live,
                                    const std::set<std::string_view>& names = {});

/// Kind::notEnforced with all of `lines`, and the engine's own words.
[[noreturn]] void throwNotEnforced(const std::string& what, const std::vector<std::string>& lines,
                                   const std::vector<std::string>& warnings);

}
