/// The engine's own floor: bare create and start calls, and nothing else, for COUNT containers like those
/// of `run.sh`, at the given parallelism. Prints the milliseconds.
///
///     mcpctl_floor_bench COUNT WORKERS PREFIX
#include "docker/client.h"
#include "docker/create_body.h"
#include "docker/endpoint.h"
#include "docker/environment.h"
#include "orchestrator/bounded_pool.h"

#include <fmt/format.h>

#include <chrono>

using namespace mcpctl;

int main(int argc, char** argv)
{
    if (argc != 4)
        return 64;
    const auto count = std::stoul(argv[1]);
    const auto workers = std::stoul(argv[2]);
    const std::string prefix = argv[3];

    docker::Client client(docker::resolveEndpoint(std::nullopt, docker::Environment::ofProcess()));
    const auto api = client.apiVersion(); // the negotiation is not the floor

    const auto begin = std::chrono::steady_clock::now();
    forEachInParallel(count, workers,
                      [&](std::size_t i)
                      {
                          Launch launch;
                          launch.name = InstanceName(fmt::format("{}{}", prefix, i));
                          launch.image = "mcpctl/echo:1";
                          launch.spec.networks[NetworkName("mcpctl-network")] = {};
                          launch.spec.resources.memoryBytes = 32LL * 1024 * 1024;
                          const auto answer = client.postJson(
                              {.path = "/containers/create", .query = {{"name", launch.name.text}}, .what = "create"},
                              docker::Body::json(docker::createBody(launch, api)));
                          const auto id = answer.extract<Poco::JSON::Object::Ptr>()->getValue<std::string>("Id");
                          client.post({.path = "/containers/" + id + "/start", .what = "start"});
                      });
    const auto took = std::chrono::steady_clock::now() - begin;
    fmt::print("{}\n", std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
}
