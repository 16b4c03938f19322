#pragma once

#include "model/fields.h"
#include "orchestrator/orchestrator.h"

namespace mcpctl::test
{

/// The image of the recorded answers.
inline ImageInfo sampleImage()
{
    ImageInfo image;
    image.env = {{"FROM_IMAGE", "1"}};
    image.command = {"sleep", "1000"};
    image.volumePaths = {"/cache"};
    return image;
}

/// With something in every field. tests/data/docker/inspect-*.json are what engines showed of a container that was made
/// from createBody() of it, and started.
inline Launch sampleLaunch()
{
    Launch launch;
    launch.name = InstanceName("mcpctl-research-memory");
    launch.image = "lab/busy:1";
    auto& spec = launch.spec;
    spec.image = launch.image;
    spec.env["A"] = {"1", std::nullopt, true};
    spec.env["B"] = {"x=y", std::nullopt, true};
    spec.user = "1000:1000";
    spec.resources.memoryReservationBytes = 64 * 1024 * 1024;
    spec.resources.cpuShares = 512;
    spec.mounts["/data"] = Mount{Mount::Type::volume, "mcpctl-data", false};
    spec.mounts["/host"] = Mount{Mount::Type::hostPath, "/etc", true};
    spec.tmpfs["/tmp"] = "size=64m";
    spec.networks[NetworkName("mcpctl-net1")] = {"memory", "memory.research.mcpctl"};
    spec.networks[NetworkName("mcpctl-net2")] = {"second"};
    spec.publications = {{"127.0.0.1", 8931, 3001}, {"127.0.0.1", 8932, 3001}};
    spec.nameServers = {"127.0.0.1"};
    spec.nameServerOptions = {"timeout:1", "attempts:1"};
    spec.stopGracePeriod = std::chrono::seconds(5);
    spec.health.type = HealthCheck::Type::command;
    spec.health.command = {"true"};
    spec.capabilities = {"CHOWN", "NET_BIND_SERVICE"};
    launch.marks.project = "mcpctl";
    launch.marks.server = "memory";
    launch.marks.profile = "research";
    launch.marks.instance = launch.name.text;
    launch.marks.specHash = "0123456789abcdef0123456789abcdef";
    launch.marks.fieldHashes = {{"command", "000000000001"}, {"env", "000000000002"}};
    launch.marks.revision = "abc1234-dirty";
    launch.marks.version = "0.1.0";
    return launch;
}

}
