#include "validate/limits.h"

#include "model/quantity.h"

#include <array>
#include <optional>
#include <string_view>

namespace mcpctl
{

namespace
{

constexpr std::int64_t leastMemory = 6 * 1024 * 1024; // the engine refuses less
constexpr std::int64_t leastNanoCpus = 10'000'000;    // likewise
constexpr std::int64_t defaultCpuPeriodMicros = 100'000;

struct LimitField
{
    std::string_view name;
    std::optional<std::int64_t> (*parse)(std::string_view text); ///< null: a whole number, ranged by the schema
    std::string_view unit;
    std::int64_t least;
    std::string_view leastText;
};

constexpr std::array<LimitField, 7> limitFields{{
    {"memory", parseBytes, "a whole number of bytes that fits into 63 bits", leastMemory, "6Mi"},
    {"memoryReservation", parseBytes, "a whole number of bytes that fits into 63 bits", leastMemory, "6Mi"},
    {"cpus", parseNanoCpus, "a number of cpus with at most nine digits after the point", leastNanoCpus, "0.01"},
    {"cpuShares", nullptr, "", 0, ""},
    {"cpuPeriod", nullptr, "", 0, ""},
    {"cpuQuota", nullptr, "", 0, ""},
    {"pidsLimit", nullptr, "", 0, ""},
}};

std::int64_t valueOr(const Limits& limits, const std::string& field, std::int64_t fallback)
{
    const auto found = limits.find(field);
    return found == limits.end() ? fallback : found->second.value;
}

}

Found<Limits> parseLimits(const Node& resources)
{
    Found<Limits> found;
    for (const auto& field : limitFields)
    {
        const Node node = resources[field.name];
        if (!node)
            continue;
        const std::string name(field.name);
        const auto value = field.parse != nullptr ? field.parse(node.amount()) : node.integer();
        if (!value)
            found.diagnostics.push_back(
                makeError(node.place(), "quantity",
                          quoted(name) + ": " + quoted(node.amount()) + " is not " + std::string(field.unit)));
        else if (*value < field.least)
            found.diagnostics.push_back(makeError(node.place(), "limit",
                                                  quoted(name) + ": " + quoted(node.amount()) +
                                                      " is below the engine's least, " + std::string(field.leastText)));
        else
            found.value[name] = {*value, node.place()};
    }
    const Node cpus = resources["cpus"];
    const Node other = resources["cpuQuota"] ? resources["cpuQuota"] : resources["cpuPeriod"];
    if (cpus && other)
        found.diagnostics.push_back(makeError(other.place(), "limit",
                                              quoted(other.key()) + " and `cpus` are two ways to say the same",
                                              "keep `cpus`, or `cpuPeriod` and `cpuQuota`", {cpus.place()}));
    return found;
}

Limits mergeLimits(Limits base, const Limits& over)
{
    if (over.contains("cpus"))
    {
        base.erase("cpuPeriod");
        base.erase("cpuQuota");
    }
    if (over.contains("cpuPeriod") || over.contains("cpuQuota"))
        base.erase("cpus");
    for (const auto& [field, limit] : over)
        base[field] = limit;
    return base;
}

Diagnostics checkLimits(const Limits& merged)
{
    Diagnostics found;
    const auto reservation = merged.find("memoryReservation");
    const std::int64_t memory = valueOr(merged, "memory", Resources().memoryBytes);
    if (reservation != merged.end() && reservation->second.value > memory)
    {
        std::vector<SourcePos> see;
        if (const auto written = merged.find("memory"); written != merged.end())
            see.push_back(written->second.place);
        found.push_back(makeError(reservation->second.place, "limit",
                                  "`memoryReservation`: " + formatBytes(reservation->second.value) +
                                      " is more than `memory`, " + formatBytes(memory),
                                  "", see));
    }
    if (const auto period = merged.find("cpuPeriod"); period != merged.end() && !merged.contains("cpuQuota"))
        found.push_back(makeError(period->second.place, "limit", "`cpuPeriod` without `cpuQuota` limits nothing",
                                  "add `cpuQuota`, or use `cpus`"));
    return found;
}

Resources toResources(const Limits& merged)
{
    Resources resources;
    resources.memoryBytes = valueOr(merged, "memory", resources.memoryBytes);
    resources.memoryReservationBytes = valueOr(merged, "memoryReservation", 0);
    resources.cpuShares = valueOr(merged, "cpuShares", 0);
    resources.pidsLimit = valueOr(merged, "pidsLimit", resources.pidsLimit);
    if (merged.contains("cpuQuota"))
    {
        resources.nanoCpus = 0;
        resources.cpuQuotaMicros = valueOr(merged, "cpuQuota", 0);
        resources.cpuPeriodMicros = valueOr(merged, "cpuPeriod", defaultCpuPeriodMicros);
    }
    else
        resources.nanoCpus = valueOr(merged, "cpus", resources.nanoCpus);
    return resources;
}

}
