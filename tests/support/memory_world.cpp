#include "support/memory_world.h"

#include "model/hash.h"

#include <Poco/DateTimeFormatter.h>

#include <algorithm>
#include <string_view>

namespace mcpctl::test
{

namespace
{

constexpr std::int64_t epochSeconds = 1'800'000'000;

/// `rest` is `tag` and that many hex digits.
bool isSuffix(std::string_view rest, std::string_view tag, std::size_t digits)
{
    return rest.starts_with(tag) && rest.size() == tag.size() + digits &&
           rest.find_first_not_of("0123456789abcdef", tag.size()) == std::string_view::npos;
}

}

std::string pinOf(const std::string& reference, const std::string& imageId)
{
    const auto slash = reference.rfind('/');
    const auto end = reference.find_first_of(":@", slash == std::string::npos ? 0 : slash);
    return reference.substr(0, end) + "@sha256:" + sha256Hex("manifest of " + imageId);
}

MemoryImage imageNamed(const std::string& content)
{
    MemoryImage image;
    image.info.id = "sha256:" + sha256Hex(content);
    image.info.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
    image.info.command = {"serve"};
    return image;
}

bool isOurs(const MemoryContainer& container, const ProjectName& project)
{
    if (!container.marks || container.marks->project != project.text || container.marks->instance.empty() ||
        !container.name.starts_with(container.marks->instance))
        return false;
    const auto rest = std::string_view(container.name).substr(container.marks->instance.size());
    return rest.empty() || isSuffix(rest, ".new-", 8) || isSuffix(rest, ".old-", 12);
}

std::string addressOn(const ServerSpec& spec, const NetworkName& network)
{
    const auto found = spec.fixedAddresses.find(network);
    return found == spec.fixedAddresses.end() ? "" : found->second;
}

const MemoryContainer* findByName(const World& world, const std::string& name)
{
    const auto found = std::find_if(world.containers.begin(), world.containers.end(),
                                    [&](const auto& entry) { return entry.second.name == name; });
    return found == world.containers.end() ? nullptr : &found->second;
}

std::set<NetworkName> networksOf(const MemoryContainer& container)
{
    std::set<NetworkName> out;
    for (const auto& [name, id] : container.networkIds)
        out.insert(name);
    return out;
}

ObservedInstance observedOf(const World& world, const MemoryContainer& container)
{
    ObservedInstance out;
    out.id = container.id;
    out.name = container.name;
    out.marks = container.marks.value_or(Marks{});
    out.spec = container.spec;
    out.imageId = container.imageId;
    out.state = container.state;
    out.exitCode = container.exitCode;
    out.restarts = container.restarts;
    out.oomKilled = container.oomKilled;
    out.error = container.error;
    out.startedAt = timeText(container.startedAt);
    out.createdAt = timeText(container.createdAt);
    for (const auto& [name, id] : container.networkIds)
        if (std::none_of(world.networks.begin(), world.networks.end(),
                         [&id = id](const MemoryNetwork& network) { return network.id == id; }))
            out.staleNetworks.insert(name);
    return out;
}

std::int64_t timeNanos(std::int64_t virtualMillis)
{
    return (epochSeconds * 1000 + virtualMillis) * 1'000'000;
}

std::string timeText(std::int64_t virtualMillis)
{
    if (virtualMillis == 0)
        return "";
    const Poco::Timestamp time((epochSeconds * 1000 + virtualMillis) * 1000);
    return Poco::DateTimeFormatter::format(time, "%Y-%m-%dT%H:%M:%S.%iZ");
}

}
