#include "support/random_fleet.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl::test
{

namespace
{

const std::vector<std::string> images{appImage, "registry.example.com/app:2", "db:1"};
const std::vector<std::string> profiles{"dev", "research"};
const std::vector<std::string> shortNames{"a", "b", "c", "memory"};
const std::vector<std::string> networks{"mcpctl-network", "mcpctl-one", "mcpctl-two"};

}

RandomFleet::RandomFleet(std::uint64_t seed) : random_(seed)
{
    for (const auto& reference : images)
    {
        fleet.moveTag(reference, reference + " as it was");
        if (chance(30))
            fleet.engine.change([&](World& world) { world.tags.erase(reference); });
    }
    fleet.engine.takeOneNetworkAtCreate(chance(30));
    declareSome();
    declareNetworks();
    fleet.apply();
    const auto events = upTo(6);
    for (std::size_t i = 0; i < events; ++i)
        happen();
    moveManifests();
    declareNetworks();
    if (chance(5))
        stepInTheWay();
    findTheUnmendable();
}

void RandomFleet::declareSome()
{
    const auto count = upTo(6);
    for (std::size_t i = 0; i < count; ++i)
        vary(fleet.declare(pick(shortNames), pick(profiles)));
}

void RandomFleet::vary(DesiredInstance& instance)
{
    auto& spec = instance.spec;
    instance.enabled = chance(85);
    instance.pruneDisabled = chance(5);
    instance.pullPolicy = chance(20) ? PullPolicy::always : PullPolicy::missing;
    if (chance(40))
        spec.image = pick(images);
    if (chance(40))
        varyLimits(spec.resources);
    if (chance(30))
        spec.env["LOG_LEVEL"] = EnvValue{pick<std::string>({"info", "debug", ""}), std::nullopt, true};
    if (chance(20))
        spec.env["TOKEN"] = EnvValue{pick<std::string>({"hunter22", "correct horse"}), "token", true};
    if (chance(20))
        spec.command = {"serve", "--verbose"};
    if (chance(10))
        spec.entrypoint = {"/entry"};
    if (chance(20))
        spec.user = "1000:1000";
    if (chance(15))
        spec.mounts["/data"] = Mount{Mount::Type::volume, "mcpctl-data", chance(50)};
    if (chance(15))
        spec.tmpfs["/tmp"] = "size=64m";
    if (chance(15))
        spec.capabilities.insert("CHOWN");
    if (chance(10))
        spec.stopGracePeriod = std::chrono::seconds(30);
    if (chance(10))
        spec.logging = Logging{"none", {}};
    if (chance(10))
        spec.health.type = pick<HealthCheck::Type>({HealthCheck::Type::none, HealthCheck::Type::image});
    if (chance(10))
    {
        spec.health.type = HealthCheck::Type::command;
        spec.health.command = {"check"};
    }
    if (chance(15))
        spec.restart.when = pick<RestartPolicy::When>(
            {RestartPolicy::When::no, RestartPolicy::When::onFailure, RestartPolicy::When::always});
    if (chance(15))
        spec.publications.insert(
            {"127.0.0.1", static_cast<std::uint16_t>(20000 + std::hash<std::string>{}(instance.name.text) % 40000),
             80});
    if (!chance(40))
        return;
    spec.networks.clear();
    for (const auto& network : networks)
        if (chance(50))
            spec.networks[NetworkName(network)] = {pick<std::string>({"x", "y"})};
}

void RandomFleet::varyLimits(Resources& resources)
{
    resources.memoryBytes = pick<std::int64_t>({256, 512, 1024}) << 20;
    resources.memoryReservationBytes = pick<std::int64_t>({0, 64}) << 20;
    resources.pidsLimit = pick<std::int64_t>({64, 128});
    resources.cpuShares = pick<std::int64_t>({0, 512});
    const bool quota = chance(30);
    resources.nanoCpus = quota ? 0 : pick<std::int64_t>({500'000'000, 1'000'000'000});
    resources.cpuPeriodMicros = quota ? 100'000 : 0;
    resources.cpuQuotaMicros = quota ? 50'000 : 0;
}

void RandomFleet::moveManifests()
{
    const auto before = fleet.desired.instances;
    for (const auto& [name, instance] : before)
        if (chance(20))
            fleet.desired.instances.erase(name);
        else if (chance(35))
            vary(fleet.desired.instances.at(name));
    if (chance(30))
        declareSome();
}

void RandomFleet::declareNetworks()
{
    fleet.desired.networks.clear();
    for (const auto& [name, instance] : fleet.desired.instances)
        for (const auto& [network, aliases] : instance.spec.networks)
            if (network == sharedNetwork().name)
                fleet.desired.networks.insert_or_assign(network, DesiredNetwork{sharedNetwork(), {}});
            else
                fleet.declareNetwork(network.text.substr(std::string("mcpctl-").size()));
}

std::vector<std::string> RandomFleet::ourIds()
{
    std::vector<std::string> ids;
    for (const auto& [id, container] : fleet.engine.world().containers)
        if (isOurs(container, fleet.desired.project))
            ids.push_back(id);
    return ids;
}

void RandomFleet::happen()
{
    const auto ids = ourIds();
    switch (upTo(9))
    {
    case 0:
        return strangersCome();
    case 1:
        return dieHalfWay();
    case 2:
        return loseNetwork();
    case 3:
        return fleet.moveTag(pick(images), fmt::format("moved {}", upTo(1)));
    case 4:
        return fleet.engine.restart();
    default:
        if (!ids.empty())
            touch(pick(ids));
    }
}

/// Somebody does something to one container.
void RandomFleet::touch(const std::string& id)
{
    auto& engine = fleet.engine;
    const auto change = [&](const std::function<void(MemoryContainer&)>& how)
    { engine.change([&](World& world) { how(world.containers.at(id)); }); };
    const auto live = engine.inspect(id);
    switch (upTo(8))
    {
    case 0:
        return engine.stop(id);
    case 1:
        return engine.crash(id, static_cast<int>(upTo(2)), chance(20));
    case 2:
        if (live.state == RunState::running)
            change([](MemoryContainer& container) { container.state = RunState::paused; });
        return;
    case 3:
        if (chance(30))
            change([](MemoryContainer& container) { container.state = RunState::dead; });
        return;
    case 4:
        return engine.remove(id);
    case 5:
        // With a port of its own it would hold that against the one that is made in its place.
        if (live.spec.publications.empty())
            engine.rename(id, fmt::format("renamed-{}", id.substr(0, 12)));
        return;
    case 6:
        return rewire(id);
    case 7:
        return change(
            [this](MemoryContainer& container)
            {
                varyLimits(container.spec.resources);
                container.spec.restart.when =
                    pick<RestartPolicy::When>({RestartPolicy::When::no, RestartPolicy::When::always});
            });
    default:
        return change([this](MemoryContainer& container) { drift(container); });
    }
}

/// What only somebody who makes the container anew can do.
void RandomFleet::drift(MemoryContainer& container)
{
    auto& spec = container.spec;
    const std::vector<std::function<void()>> ways{
        [&] { spec.escapes.insert("privileged"); },
        [&] { spec.capabilities.insert("NET_ADMIN"); },
        [&] { spec.readOnlyRootFilesystem = false; },
        [&] { spec.noNewPrivileges = false; },
        [&] { spec.initProcess = false; },
        [&] {
            spec.env["LOG_LEVEL"] = EnvValue{"trace", std::nullopt, true};
        },
        [&] {
            spec.env["EXTRA"] = EnvValue{"1", std::nullopt, true};
        },
        [&] {
            spec.command = {"sleep", "infinity"};
        },
        [&] { spec.user = "0"; },
        [&] {
            spec.mounts["/host"] = Mount{Mount::Type::hostPath, "/", false};
        },
        [&] { spec.tmpfs["/run"] = ""; },
        [&] {
            spec.logging = Logging{"local", {}};
        },
        [&] { spec.keepsStdin = !spec.keepsStdin; },
        [&] { spec.nameServers = {"8.8.8.8"}; },
        [&] { spec.stopGracePeriod = std::chrono::seconds(1); },
        [&] { spec.resources = Resources{0, 0, 0, 0, 0, 0, 0}; },
    };
    pick(ways)();
}

void RandomFleet::rewire(const std::string& id)
{
    const auto live = fleet.engine.inspect(id);
    for (const auto& network : fleet.engine.networks())
        if (live.networkIds.count(network.spec.name) == 0 && chance(50))
            fleet.engine.connect(id, network.spec.name, {"by-hand"}, "");
        else if (live.networkIds.count(network.spec.name) > 0 && chance(50))
            fleet.engine.disconnect(id, network.spec.name);
}

/// A network that only stopped containers hang on can go, and may come back as another one.
void RandomFleet::loseNetwork()
{
    const auto all = fleet.engine.networks();
    if (all.empty())
        return;
    const auto network = pick(all);
    for (const auto& [id, container] : fleet.engine.world().containers)
        if (container.networkIds.count(network.spec.name) > 0)
            fleet.engine.stop(id);
    fleet.engine.removeNetwork(network.id);
    if (chance(30))
        fleet.engine.createNetwork(network.spec);
}

void RandomFleet::dieHalfWay()
{
    const auto before = fleet.desired;
    moveManifests();
    declareNetworks();
    fleet.applyAndDie(upTo(40));
    if (chance(50))
        fleet.desired = before;
}

void RandomFleet::strangersCome()
{
    const auto number = ++strangers_;
    Marks theirs;
    theirs.project = "other";
    theirs.instance = fmt::format("other-dev-{}", number);
    switch (upTo(4))
    {
    case 0:
        fleet.addForeign(fmt::format("web-{}", number));
        return;
    case 1:
        fleet.addForeign(theirs.instance, theirs);
        return;
    case 2:
        fleet.addForeign(fmt::format("mcpctl-dev-a.new-nothex{}", number), theirs);
        return;
    case 3:
        fleet.addForeign(fmt::format("mcpctl-dev-a-{}", number));
        return;
    default:
        // Made from one of ours by somebody who copied everything, marks included.
        if (const auto ids = ourIds(); !ids.empty())
            fleet.addForeign(fmt::format("copy-{}", number), fleet.engine.inspect(pick(ids)).marks);
    }
}

/// Somebody holds what a declared instance needs, and it is not ours to take.
void RandomFleet::stepInTheWay()
{
    if (fleet.desired.instances.empty())
        return;
    const auto name = std::next(fleet.desired.instances.begin(),
                                static_cast<std::ptrdiff_t>(upTo(fleet.desired.instances.size() - 1)))
                          ->first.text;
    if (findByName(fleet.engine.world(), name) == nullptr)
        fleet.addForeign(name);
}

void RandomFleet::findTheUnmendable()
{
    const auto world = fleet.engine.world();
    for (const auto& [name, want] : fleet.desired.instances)
        if (const auto* holder = findByName(world, name.text);
            holder != nullptr && !isOurs(*holder, fleet.desired.project))
        {
            judgement.exempt.insert(name.text);
            // A disabled one needs no name, so nothing fails.
            bool half = false;
            for (const auto& [id, container] : world.containers)
                half = half || (isOurs(container, fleet.desired.project) && container.marks->instance == name.text);
            if (want.enabled || half)
                judgement.pruned = false;
        }
    for (const auto& [id, container] : world.containers)
        if (!isOurs(container, fleet.desired.project) && container.state != RunState::exited)
            for (const auto& [network, networkId] : container.networkIds)
                if (fleet.desired.networks.count(network) == 0)
                    judgement.exempt.insert(network.text);
}

}
