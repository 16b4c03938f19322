#include "support/world_judge.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl::test
{

namespace
{

using Complaints = std::vector<std::string>;

std::map<std::string, std::string> textsOf(const std::map<std::string, EnvValue>& env)
{
    std::map<std::string, std::string> out;
    for (const auto& [key, value] : env)
        out.emplace(key, value.text);
    return out;
}

/// The image that `want` shall run: the registry's where it is asked always, else the engine's.
std::string wantedImage(const DesiredInstance& want, const World& world)
{
    if (want.pullPolicy == PullPolicy::always)
        if (const auto published = world.registries.find(want.spec.image);
            published != world.registries.end() && published->second.failure.empty())
            return published->second.image.info.id;
    const auto tag = world.tags.find(want.spec.image);
    return tag == world.tags.end() ? "" : tag->second;
}

std::vector<std::string> wantedCommand(const ServerSpec& want, const ImageInfo& image)
{
    if (want.command)
        return *want.command;
    return want.entrypoint ? std::vector<std::string>{} : image.command;
}

std::map<std::string, std::string> wantedEnv(const ServerSpec& want, const ImageInfo& image)
{
    auto out = image.env;
    for (const auto& [key, text] : textsOf(want.env))
        out[key] = text;
    return out;
}

/// Things that are fixed when a container is made. Written out one by one on purpose.
Complaints fixedDifferences(const ServerSpec& want, const ServerSpec& live, const ImageInfo& image)
{
    Complaints out;
    const auto check = [&out](bool same, const char* what)
    {
        if (!same)
            out.emplace_back(what);
    };
    check(live.entrypoint == want.entrypoint.value_or(image.entrypoint), "entrypoint");
    check(live.command == wantedCommand(want, image), "command");
    check(textsOf(live.env) == wantedEnv(want, image), "env");
    check(live.user == want.user.value_or(image.user), "user");
    check(live.keepsStdin == want.keepsStdin, "stdin");
    check(live.transport == want.transport, "transport");
    check(live.mounts == want.mounts, "mounts");
    check(live.tmpfs == want.tmpfs, "tmpfs");
    check(live.publications == want.publications, "publications");
    check(live.nameServers == want.nameServers && live.nameServerOptions == want.nameServerOptions, "name servers");
    check(live.logging == want.logging, "logging");
    check(live.stopGracePeriod == want.stopGracePeriod, "grace period");
    const bool command = want.health.type == HealthCheck::Type::command;
    const bool none = want.health.type == HealthCheck::Type::none;
    check(command ? live.health == want.health
                  : live.health.type == (none ? HealthCheck::Type::none : HealthCheck::Type::image),
          "health check");
    check(live.capabilities == want.capabilities, "capabilities");
    check(live.noNewPrivileges == want.noNewPrivileges, "new privileges");
    check(live.readOnlyRootFilesystem == want.readOnlyRootFilesystem, "root file system");
    check(live.initProcess == want.initProcess, "init process");
    check(live.escapes.empty(), "escapes");
    check(live.resources.cpuPeriodMicros == want.resources.cpuPeriodMicros, "cpu period");
    check(live.resources.cpuQuotaMicros == want.resources.cpuQuotaMicros, "cpu quota");
    return out;
}

bool clears(std::int64_t want, std::int64_t live)
{
    return want == 0 && live != 0;
}

void judgeRunning(const DesiredInstance& want, const MemoryContainer& live, const World& world, Complaints& out)
{
    const auto& name = want.name.text;
    // One that crashed again and again is the engine's to start.
    if (live.state != RunState::running && live.state != RunState::restarting)
        out.push_back(fmt::format("{} is {}", name, toString(live.state)));
    if (live.imageId != wantedImage(want, world))
        out.push_back(name + " runs another image");
    const auto image = world.images.find(live.imageId);
    for (const auto& field : fixedDifferences(want.spec, live.spec, image->second.info))
        out.push_back(fmt::format("{} has another {}", name, field));
    if (!(live.spec.resources == want.spec.resources))
        out.push_back(name + " has other limits");
    if (!(live.spec.restart == want.spec.restart))
        out.push_back(name + " has another restart policy");
    if (live.spec.networks != want.spec.networks)
        out.push_back(name + " is on other networks, or has other names there");
    if (!observedOf(world, live).staleNetworks.empty())
        out.push_back(name + " hangs on a network that is gone");
    if (live.marks->server != want.server.text || live.marks->profile != want.profile.text)
        out.push_back(name + " is marked as another server's");
    if (want.pruneDisabled && !live.marks->pruneDisabled)
        out.push_back(name + " would be pruned");
}

void judgeInstances(const DesiredState& desired, const World& world, const Judgement& how, Complaints& out)
{
    for (const auto& [name, want] : desired.instances)
    {
        if (how.exempt.count(name.text) > 0)
            continue;
        const auto* live = findByName(world, name.text);
        if (live == nullptr)
        {
            if (want.enabled)
                out.push_back(name.text + " is not there");
            continue;
        }
        if (!isOurs(*live, desired.project))
            out.push_back(name.text + " is somebody else's");
        else if (want.enabled)
            judgeRunning(want, *live, world, out);
        else if (live->state == RunState::running || live->state == RunState::restarting ||
                 live->state == RunState::paused)
            out.push_back(fmt::format("{} is disabled and {}", name.text, toString(live->state)));
    }
    // Of a replace that was cut off one half may have the mark alone; then the instance is kept as it is.
    std::set<std::string> kept;
    for (const auto& [id, container] : world.containers)
        if (isOurs(container, desired.project) && container.marks->pruneDisabled)
            kept.insert(container.marks->instance);
    for (const auto& [id, container] : world.containers)
    {
        if (!isOurs(container, desired.project) || how.exempt.count(container.marks->instance) > 0)
            continue;
        const bool declared = desired.instances.count(InstanceName(container.marks->instance)) > 0;
        const bool stays = !declared && (!how.pruned || kept.contains(container.marks->instance));
        if (!stays && (!declared || container.name != container.marks->instance))
            out.push_back(container.name + " was left over");
    }
}

void judgeNetworks(const DesiredState& desired, const World& world, const Judgement& how, Complaints& out)
{
    for (const auto& [name, want] : desired.networks)
    {
        if (how.exempt.count(name.text) > 0)
            continue;
        const auto count = std::count_if(world.networks.begin(), world.networks.end(),
                                         [&name = name](const auto& each) { return each.spec.name == name; });
        if (count != 1)
            out.push_back(fmt::format("there are {} networks {}", count, name.text));
    }
    // An instance that is kept from pruning may hang on any of them.
    const bool kept = std::any_of(world.containers.begin(), world.containers.end(),
                                  [&](const auto& entry)
                                  {
                                      const auto& marks = entry.second.marks;
                                      return isOurs(entry.second, desired.project) && marks->pruneDisabled &&
                                             desired.instances.count(InstanceName(marks->instance)) == 0;
                                  });
    for (const auto& network : world.networks)
    {
        const auto& name = network.spec.name;
        const auto want = desired.networks.find(name);
        if (want == desired.networks.end())
        {
            if (how.pruned && !kept && network.labelled && network.spec.owner == desired.project &&
                how.exempt.count(name.text) == 0)
                out.push_back(name.text + " was left over");
        }
        else if (how.exempt.count(name.text) == 0 && (network.spec.internal != want->second.spec.internal ||
                                                      network.spec.hostAddress != want->second.spec.hostAddress ||
                                                      network.spec.ipv6 || !network.spec.oddities.empty()))
            out.push_back(name.text + " has other options");
    }
}

}

std::vector<std::string> judge(const DesiredState& desired, const World& world, const Judgement& how)
{
    Complaints out;
    judgeInstances(desired, world, how, out);
    judgeNetworks(desired, world, how, out);
    return out;
}

bool needsReplace(const DesiredInstance& want, const MemoryContainer& live, const World& world)
{
    const auto& asked = want.spec.resources;
    const auto& there = live.spec.resources;
    const bool clearsLimit = clears(asked.memoryBytes, there.memoryBytes) || clears(asked.nanoCpus, there.nanoCpus) ||
                             clears(asked.pidsLimit, there.pidsLimit) || clears(asked.cpuShares, there.cpuShares) ||
                             clears(asked.memoryReservationBytes, there.memoryReservationBytes);
    bool keepsNetwork = want.spec.networks.empty() && live.spec.networks.empty();
    for (const auto& [name, aliases] : live.spec.networks)
        if (const auto wanted = want.spec.networks.find(name);
            wanted != want.spec.networks.end() && wanted->second == aliases)
            keepsNetwork = true;
    const bool needsMark = want.pruneDisabled && !live.marks->pruneDisabled;
    return needsMark || live.imageId != wantedImage(want, world) || clearsLimit || !keepsNetwork ||
           !observedOf(world, live).staleNetworks.empty() ||
           !fixedDifferences(want.spec, live.spec, world.images.at(live.imageId).info).empty();
}

Unowned unownedOf(const World& world, const ProjectName& project)
{
    Unowned out;
    for (const auto& [id, container] : world.containers)
        if (!isOurs(container, project))
            out.containers.emplace(id, container);
    for (const auto& network : world.networks)
        if (!network.labelled || network.spec.owner != project)
            out.networks.push_back(network);
    return out;
}

}
