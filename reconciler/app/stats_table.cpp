#include "app/stats_table.h"

#include "app/json.h"
#include "app/terminal.h"
#include "model/timestamp.h"

#include <fmt/format.h>

#include <array>

namespace mcpctl
{

namespace
{

/// Three digits or four, as people compare them: `512MiB`, `19.4MiB`.
std::string sizeText(std::uint64_t bytes)
{
    static constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1000 && unit + 1 < units.size(); ++unit)
        value /= 1024;
    return fmt::format("{:.4g}{}", value, units[unit]);
}

double memoryPercent(const Stats& stats)
{
    return stats.memoryLimitBytes == 0
               ? 0
               : 100.0 * static_cast<double>(stats.memoryBytes) / static_cast<double>(stats.memoryLimitBytes);
}

/// With two digits after the point, so that it can be read.
double rounded(double value)
{
    return static_cast<double>(static_cast<std::int64_t>(value * 100 + 0.5)) / 100;
}

}

std::string usageTable(const std::vector<Usage>& usages)
{
    std::vector<std::vector<std::string>> rows{
        {"INSTANCE", "CPU%", "MEM / LIMIT", "MEM%", "PIDS", "NET I/O", "BLOCK I/O"}};
    for (const auto& [instance, id, stats, cpu] : usages)
        rows.push_back(
            {instance, cpu ? fmt::format("{:.2f}%", *cpu) : "-",
             fmt::format("{} / {}", sizeText(stats.memoryBytes), sizeText(stats.memoryLimitBytes)),
             fmt::format("{:.2f}%", memoryPercent(stats)),
             stats.pidsLimit == 0 ? std::to_string(stats.pids) : fmt::format("{} / {}", stats.pids, stats.pidsLimit),
             fmt::format("{} / {}", sizeText(stats.networkReceivedBytes), sizeText(stats.networkSentBytes)),
             fmt::format("{} / {}", sizeText(stats.blockReadBytes), sizeText(stats.blockWrittenBytes))});
    return renderTable(rows);
}

std::string usageJson(const std::vector<Usage>& usages)
{
    std::string lines;
    for (const auto& [instance, id, stats, cpu] : usages)
    {
        auto out = jsonObject();
        out->set("version", 1);
        out->set("time", formatTimestamp(stats.timeNanos));
        out->set("instance", instance);
        out->set("id", id);
        out->set("cpuPercent", cpu ? Poco::Dynamic::Var(rounded(*cpu)) : Poco::Dynamic::Var());
        out->set("cpuNanos", stats.cpuNanos);
        out->set("onlineCpus", stats.onlineCpus);
        out->set("memoryBytes", stats.memoryBytes);
        out->set("memoryLimitBytes", stats.memoryLimitBytes);
        out->set("memoryPercent", rounded(memoryPercent(stats)));
        out->set("pids", stats.pids);
        out->set("pidsLimit", stats.pidsLimit);
        out->set("networkReceivedBytes", stats.networkReceivedBytes);
        out->set("networkSentBytes", stats.networkSentBytes);
        out->set("blockReadBytes", stats.blockReadBytes);
        out->set("blockWrittenBytes", stats.blockWrittenBytes);
        lines += jsonText(*out) + "\n";
    }
    return lines;
}

}
