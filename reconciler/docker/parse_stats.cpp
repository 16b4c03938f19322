#include "docker/parse_stats.h"

#include "model/timestamp.h"

#include <algorithm>
#include <string_view>

namespace mcpctl::docker
{

namespace
{

/// Without the page cache that nobody used of late: it is given back before anybody has to die. Version 1 says
/// `total_inactive_file`, version 2 `inactive_file`; version 1 says that too, without the cgroups below.
std::uint64_t memoryInUse(const JsonView& memory)
{
    const auto usage = memory["usage"].count();
    const auto stats = memory["stats"];
    const auto total = stats["total_inactive_file"];
    const auto cache = (total.present() ? total : stats["inactive_file"]).count();
    return cache < usage ? usage - cache : usage;
}

/// Version 1 says `Read`, version 2 `read`; one row for each device.
std::uint64_t blockBytes(const JsonView& rows, std::string_view upper, std::string_view lower)
{
    std::uint64_t sum = 0;
    for (const auto& row : rows.items())
        if (const auto what = row["op"].text(); what == upper || what == lower)
            sum += row["value"].count();
    return sum;
}

}

std::optional<Stats> parseStats(const JsonView& answer)
{
    const auto time = parseTimestamp(answer["read"].text());
    const auto pids = answer["pids_stats"];
    const auto cpu = answer["cpu_stats"];
    // Of one that does not run the engine sends a form with nothing filled in.
    if (!time || *time <= 0 || pids["current"].count() == 0)
        return std::nullopt;

    Stats stats;
    stats.timeNanos = *time;
    stats.cpuNanos = cpu["cpu_usage"]["total_usage"].count();
    const auto perCpu = cpu["cpu_usage"]["percpu_usage"].items().size();
    stats.onlineCpus = static_cast<int>(cpu["online_cpus"].number(static_cast<std::int64_t>(perCpu)));
    stats.memoryBytes = memoryInUse(answer["memory_stats"]);
    stats.memoryLimitBytes = answer["memory_stats"]["limit"].count();
    stats.pids = pids["current"].count();
    const auto pidsLimit = pids["limit"].count();
    constexpr std::uint64_t endless = 1ULL << 62; // version 2: 2^64 - 1
    stats.pidsLimit = pidsLimit < endless ? pidsLimit : 0;
    for (const auto& [name, interface] : answer["networks"].members())
    {
        stats.networkReceivedBytes += interface["rx_bytes"].count();
        stats.networkSentBytes += interface["tx_bytes"].count();
    }
    const auto block = answer["blkio_stats"]["io_service_bytes_recursive"];
    stats.blockReadBytes = blockBytes(block, "Read", "read");
    stats.blockWrittenBytes = blockBytes(block, "Write", "write");
    return stats;
}

}
