/// The engine's own floor: the calls that a task cannot do without, and nothing else, for COUNT containers like
/// those of `run.sh`, at the given parallelism. Prints the milliseconds.
///
///     mcpctl_floor_bench up|look|limit|image|down COUNT WORKERS
///
/// up: create and start all. The others begin with a list and an inspection of each, for who does not know what is
/// there cannot know what to do. limit: one gets another memory limit. image: one is made anew. down: all go.
#include "docker/client.h"
#include "docker/create_body.h"
#include "docker/endpoint.h"
#include "docker/environment.h"
#include "orchestrator/bounded_pool.h"

#include <Poco/JSON/Object.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>

using namespace mcpctl;

namespace
{

constexpr std::int64_t memory = 32LL * 1024 * 1024;

class Floor
{
public:
    Floor(docker::Client& client, std::size_t count, std::size_t workers)
        : client_(client), api_(client.apiVersion()), count_(count), workers_(workers)
    {
    }

    void run(const std::string& task)
    {
        if (task == "up")
            return forEachInParallel(count_, workers_, [this](std::size_t i) { make(nameOf(i), "mcpctl/echo:1"); });
        const auto ids = look();
        if (task == "limit")
            client_.post({.path = "/containers/" + nameOf(0) + "/update", .what = "update"},
                         docker::Body::json(*limits(2 * memory)));
        if (task == "image")
        {
            make(nameOf(count_), "mcpctl/echo:2");
            remove(nameOf(0));
            client_.post({.path = "/containers/" + nameOf(count_) + "/rename",
                          .query = {{"name", nameOf(0)}},
                          .what = "rename"});
        }
        if (task == "down")
            forEachInParallel(ids.size(), workers_, [&](std::size_t i) { remove(ids[i]); });
    }

private:
    static std::string nameOf(std::size_t i) { return fmt::format("floor-{}", i); }

    static Poco::JSON::Object::Ptr limits(std::int64_t bytes)
    {
        Poco::JSON::Object::Ptr body = new Poco::JSON::Object;
        body->set("Memory", bytes);
        body->set("MemorySwap", bytes);
        return body;
    }

    void make(const std::string& name, const std::string& image)
    {
        Launch launch;
        launch.name = InstanceName(name);
        launch.image = image;
        launch.spec.networks[NetworkName("mcpctl-network")] = {};
        launch.spec.resources.memoryBytes = memory;
        client_.postJson({.path = "/containers/create", .query = {{"name", name}}, .what = "create"},
                         docker::Body::json(docker::createBody(launch, api_)));
        client_.post({.path = "/containers/" + name + "/start", .what = "start"});
    }

    void remove(const std::string& id)
    {
        client_.del({.path = "/containers/" + id, .query = {{"force", "1"}}, .what = "remove"});
    }

    std::vector<std::string> look()
    {
        std::vector<std::string> ids;
        for (const auto& each :
             client_.getJson({.path = "/containers/json", .query = {{"all", "1"}}, .what = "list"}).items())
            ids.push_back(each.required("Id").text());
        forEachInParallel(ids.size(), workers_,
                          [&](std::size_t i)
                          { client_.getJson({.path = "/containers/" + ids[i] + "/json", .what = "inspect"}); });
        return ids;
    }

    docker::Client& client_;
    docker::ApiVersion api_; ///< its negotiation is not the floor
    std::size_t count_;
    std::size_t workers_;
};

}

int main(int argc, char** argv)
{
    if (argc != 4)
        return 64;
    try
    {
        docker::Client client(docker::resolveEndpoint(std::nullopt, docker::Environment::ofProcess()));
        Floor floor(client, std::stoul(argv[2]), std::stoul(argv[3]));
        const auto begin = std::chrono::steady_clock::now();
        floor.run(argv[1]);
        const auto took = std::chrono::steady_clock::now() - begin;
        fmt::print("{}\n", std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
        return 0;
    }
    catch (const std::exception& error)
    {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
