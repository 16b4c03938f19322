#pragma once

#include "docker/client.h"
#include "orchestrator/orchestrator.h"

#include <Poco/JSON/Object.h>

#include <set>
#include <string>

/// What is sent to the engine, made from values; no call is made here. The reverse of parse_instance.h: an instance
/// made from a spec reads back as that spec. Source: Engine API 1.41, ContainerCreate and ContainerUpdate.
namespace mcpctl::docker
{

/// From here on an engine connects a new container to several networks at once; below, only to one.
inline constexpr ApiVersion severalNetworksAtCreate{1, 44};

/// Body of POST /containers/create. Below API 1.44 it has the first of the networks alone, and the others are connected
/// before the start. What the spec leaves to the image is left out.
Poco::JSON::Object createBody(const Launch& launch, ApiVersion api);

/// Body of POST /containers/ID/update. A limit of 0 is left out: the engine cannot clear one in place.
Poco::JSON::Object updateBody(const Resources& resources, const RestartPolicy& restart);

/// The same for the restart policy alone.
Poco::JSON::Object updateBody(const RestartPolicy& restart);

/// Body of POST /networks/NAME/connect.
Poco::JSON::Object connectBody(const std::string& id, const std::set<std::string>& aliases, const std::string& address);

}
