#include "support/fleet.h"

#include "support/faulty_orchestrator.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace mcpctl::test
{

namespace
{

World startingWorld()
{
    World world;
    const auto image = imageNamed("app version 1");
    world.images.emplace(image.info.id, image);
    world.tags.emplace(appImage, image.info.id);
    world.registries.emplace(appImage, Published{image});
    return world;
}

}

NetworkSpec sharedNetwork()
{
    NetworkSpec network;
    network.name = NetworkName("mcpctl-network");
    return network;
}

NetworkSpec declaredNetwork(const std::string& name)
{
    NetworkSpec network;
    network.name = NetworkName("mcpctl-" + name);
    network.owner = ProjectName("mcpctl");
    return network;
}

ApplyOptions quickly()
{
    ApplyOptions options;
    options.workers = 1;
    options.times.settle = std::chrono::milliseconds(0);
    options.times.timeout = std::chrono::milliseconds(10);
    return options;
}

Fleet::Fleet() : orchestrator(startingWorld()), engine(orchestrator.engine())
{
    desired.project = ProjectName("mcpctl");
    desired.networks.emplace(sharedNetwork().name, DesiredNetwork{sharedNetwork(), {}});
}

DesiredInstance& Fleet::declare(const std::string& name, const std::string& profile)
{
    DesiredInstance instance;
    instance.name = InstanceName(fmt::format("mcpctl-{}-{}", profile, name));
    instance.server = ServerName(name);
    instance.profile = ProfileName(profile);
    instance.shortName = name;
    instance.place = {"fleet.yaml", static_cast<int>(desired.instances.size() + 1) * 10, 7};
    instance.spec.image = appImage;
    instance.spec.networks[sharedNetwork().name] = {fmt::format("{}.{}.mcpctl", name, profile)};
    const auto key = instance.name;
    return desired.instances.insert_or_assign(key, std::move(instance)).first->second;
}

void Fleet::declareNetwork(const std::string& name)
{
    const auto spec = declaredNetwork(name);
    desired.networks.insert_or_assign(spec.name, DesiredNetwork{spec, {"fleet.yaml", 3, 1}});
}

Plan Fleet::plan(const DiffOptions& options) const
{
    return diff(desired, observe(orchestrator, desired), options);
}

Outcomes Fleet::run(const Plan& plan, const ApplyOptions& options)
{
    return mcpctl::apply(plan, desired, orchestrator, options, {}, {});
}

MemoryContainer Fleet::container(const std::string& name) const
{
    const auto world = engine.world();
    const auto* found = findByName(world, name);
    if (found == nullptr)
        throw std::runtime_error("there is no container " + name);
    return *found;
}

void Fleet::change(const std::string& name, const std::function<void(MemoryContainer&)>& change)
{
    const auto id = container(name).id;
    engine.change([&](World& world) { change(world.containers.at(id)); });
}

std::string Fleet::addForeign(const std::string& name, std::optional<Marks> marks)
{
    MemoryContainer container;
    container.id = fmt::format("f{:063x}", std::hash<std::string>{}(name));
    container.name = name;
    container.marks = std::move(marks);
    container.spec.image = appImage;
    container.state = RunState::running;
    container.startedAt = container.createdAt = 1;
    engine.change([&](World& world) { world.containers.emplace(container.id, container); });
    return container.id;
}

void Fleet::moveTag(const std::string& reference, const std::string& content)
{
    const auto image = imageNamed(content);
    engine.change(
        [&](World& world)
        {
            world.images.emplace(image.info.id, image);
            world.tags[reference] = image.info.id;
            world.tags[pinOf(reference, image.info.id)] = image.info.id;
            world.registries.insert_or_assign(reference, Published{image});
        });
}

bool Fleet::applyAndDie(std::size_t point)
{
    const auto killer = std::make_shared<Killer>(point);
    engine.intercept([killer](MemoryEngine::When, bool writes, const std::string&) { (*killer)(writes); });
    try
    {
        apply();
    }
    catch (const Killed&)
    {
    }
    engine.intercept({});
    return killer->struck();
}

std::string describe(const Outcomes& outcomes)
{
    std::string out;
    for (const auto& outcome : outcomes)
        out += fmt::format("{} {}: {}{}{}\n", outcome.verb, outcome.object, toString(outcome.result),
                           outcome.error.empty() ? "" : ": ", outcome.error);
    return out;
}

bool allDone(const Outcomes& outcomes)
{
    return std::all_of(outcomes.begin(), outcomes.end(),
                       [](const Outcome& outcome) { return outcome.result == Outcome::Result::done; });
}

}
