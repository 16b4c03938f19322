#include "docker/kernel_limits.h"

#include "docker/proc_text.h"

#include <algorithm>

namespace mcpctl::docker
{

namespace
{

namespace fs = std::filesystem;

/// Version 1 writes "none" as the largest number of whole pages.
constexpr std::int64_t noLimit = 0x7ffffffffffff000 - 1024LL * 1024 * 1024;

/// A group of one controller, as a folder.
struct Group
{
    fs::path folder;
    bool unified = false;
};

std::optional<Group> groupOf(const std::vector<MountLine>& mounts, const std::map<std::string, std::string>& groups,
                             const std::string& controller)
{
    const auto own = groups.find(controller);
    const bool unified = own == groups.end();
    const auto group = unified ? groups.find("") : own;
    if (group == groups.end())
        return std::nullopt;
    for (const auto& mount : mounts)
    {
        const bool fits =
            unified ? mount.type == "cgroup2" : mount.type == "cgroup" && mount.options.contains(controller);
        // Of a group outside of what is mounted here nothing can be said.
        const auto root = mount.root == "/" ? std::string() : mount.root;
        if (fits && group->second.starts_with(root + "/"))
            return Group{mount.point + group->second.substr(root.size()), unified};
    }
    return std::nullopt;
}

/// 0 for none.
std::optional<std::int64_t> limitIn(const fs::path& file)
{
    auto text = slurp(file);
    if (!text)
        return std::nullopt;
    if (text->starts_with("max") || text->starts_with("-1"))
        return 0;
    const auto numbers = numbersOf(*text);
    if (!numbers || numbers->size() != 1)
        return std::nullopt;
    return *numbers->begin() >= noLimit ? 0 : *numbers->begin();
}

/// What may be swapped out; -1 for any amount.
std::optional<std::int64_t> swapOf(const Group& group, std::optional<std::int64_t> memory)
{
    if (group.unified)
    {
        const auto text = slurp(group.folder / "memory.swap.max");
        if (!text)
            return std::nullopt;
        return text->starts_with("max") ? -1 : limitIn(group.folder / "memory.swap.max");
    }
    const auto both = limitIn(group.folder / "memory.memsw.limit_in_bytes");
    if (!both || !memory)
        return std::nullopt;
    return *both == 0 ? -1 : std::max<std::int64_t>(*both - *memory, 0);
}

std::optional<std::int64_t> nanoCpusOf(const Group& group)
{
    std::optional<std::int64_t> quota;
    std::optional<std::int64_t> period;
    if (group.unified)
    {
        const auto text = slurp(group.folder / "cpu.max").value_or("");
        const auto blank = text.find(' ');
        if (text.starts_with("max"))
            return 0;
        const auto first = numbersOf(text.substr(0, blank));
        const auto second = blank == std::string::npos ? std::nullopt : numbersOf(text.substr(blank));
        if (first && first->size() == 1 && second && second->size() == 1)
        {
            quota = *first->begin();
            period = *second->begin();
        }
    }
    else
    {
        quota = limitIn(group.folder / "cpu.cfs_quota_us");
        period = limitIn(group.folder / "cpu.cfs_period_us");
    }
    if (!quota || !period || *period <= 0)
        return std::nullopt;
    constexpr std::int64_t nanos = 1'000'000'000;
    return *quota / *period * nanos + *quota % *period * nanos / *period;
}

}

void readLimits(const fs::path& proc, const std::string& cgroupText, KernelView& view)
{
    const auto mounts = mountLines(slurp(proc / "self/mountinfo").value_or(""));
    const auto groups = controlGroups(cgroupText);
    if (const auto memory = groupOf(mounts, groups, "memory"))
    {
        view.memoryBytes = limitIn(memory->folder / (memory->unified ? "memory.max" : "memory.limit_in_bytes"));
        view.swapBytes = swapOf(*memory, view.memoryBytes);
    }
    if (const auto pids = groupOf(mounts, groups, "pids"))
        view.pidsLimit = limitIn(pids->folder / "pids.max");
    if (const auto cpu = groupOf(mounts, groups, "cpu"))
        view.nanoCpus = nanoCpusOf(*cpu);
}

}
