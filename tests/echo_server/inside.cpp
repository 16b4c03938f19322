#include "inside.h"

#include "network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <ifaddrs.h>
#include <iterator>
#include <memory>
#include <net/if.h>
#include <sstream>
#include <sys/statvfs.h>
#include <unistd.h>

namespace mcpecho
{
namespace
{
using Json = nlohmann::json;
namespace fs = std::filesystem;

std::string slurp(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The number a cgroup file begins with; null for "max", -1, v1's endless 2^63 or a missing file.
Json limit(const fs::path& path)
{
    std::ifstream in(path);
    long long value = 0;
    if (!(in >> value) || value < 0 || value > (1LL << 60))
        return nullptr;
    return value;
}

Json nanoCpus(const Json& quota, const Json& period)
{
    if (quota.is_null() || period.is_null() || period == 0)
        return nullptr;
    return quota.get<long long>() * 1'000'000'000 / period.get<long long>();
}

Json cgroupV2()
{
    const fs::path root = "/sys/fs/cgroup";
    const Json memory = limit(root / "memory.max");
    const Json swap = limit(root / "memory.swap.max");
    std::istringstream cpu(slurp(root / "cpu.max"));
    long long quota = 0;
    long long period = 0;
    const bool limited = bool(cpu >> quota >> period);
    return {{"version", 2},
            {"memoryBytes", memory},
            {"memorySwapBytes",
             memory.is_null() || swap.is_null() ? Json() : Json(memory.get<long long>() + swap.get<long long>())},
            {"pids", limit(root / "pids.max")},
            {"nanoCpus", limited ? nanoCpus(quota, period) : Json()},
            {"cpuWeight", limit(root / "cpu.weight")}};
}

Json cgroupV1()
{
    const fs::path root = "/sys/fs/cgroup";
    return {{"version", 1},
            {"memoryBytes", limit(root / "memory/memory.limit_in_bytes")},
            {"memorySwapBytes", limit(root / "memory/memory.memsw.limit_in_bytes")},
            {"pids", limit(root / "pids/pids.max")},
            {"nanoCpus", nanoCpus(limit(root / "cpu/cpu.cfs_quota_us"), limit(root / "cpu/cpu.cfs_period_us"))},
            {"cpuShares", limit(root / "cpu/cpu.shares")}};
}

/// Numbers where they are decimal, masks as the kernel writes them.
Json status()
{
    Json view = Json::object();
    std::ifstream in("/proc/self/status");
    for (std::string key, rest; in >> key && std::getline(in, rest);)
    {
        key.pop_back();
        rest.erase(0, rest.find_first_not_of(" \t"));
        if (key.starts_with("Cap"))
            view[key] = rest;
        if (key == "NoNewPrivs" || key == "Seccomp")
            view[key] = std::stoi(rest);
    }
    return view;
}

Json mounts()
{
    Json list = Json::array();
    std::ifstream in("/proc/self/mounts");
    std::string line;
    while (std::getline(in, line))
    {
        std::istringstream fields(line);
        std::string source, target, type, options;
        fields >> source >> target >> type >> options;
        list.push_back({{"source", source}, {"target", target}, {"type", type}, {"options", options}});
    }
    return list;
}

/// `writable` is this user's experience, `readOnly` the mount's: an unprivileged user cannot write
/// to a root folder that is not read-only at all.
Json folder(const std::string& path)
{
    struct statvfs info = {};
    const bool known = statvfs(path.c_str(), &info) == 0;
    const std::string probe = path + "/.mcp-echo-" + std::to_string(getpid());
    const int fd = open(probe.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0)
    {
        close(fd);
        unlink(probe.c_str());
    }
    return {{"exists", known}, {"readOnly", known && (info.f_flag & ST_RDONLY) != 0}, {"writable", fd >= 0}};
}

Json interfaces()
{
    Json list = Json::array();
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0)
        return list;
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(first, freeifaddrs);
    for (const ifaddrs* entry = first; entry; entry = entry->ifa_next)
        if (const auto address = addressText(entry->ifa_addr); !address.empty())
            list.push_back({{"name", entry->ifa_name}, {"address", address}});
    return list;
}

Json routes()
{
    const auto dotted = [](const std::string& hex)
    {
        const in_addr address{static_cast<in_addr_t>(std::stoul(hex, nullptr, 16))};
        char text[INET_ADDRSTRLEN] = "";
        return std::string(inet_ntop(AF_INET, &address, text, sizeof text));
    };
    Json list = Json::array();
    std::ifstream in("/proc/self/net/route");
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line))
    {
        std::istringstream fields(line);
        std::string name, destination, gateway, flags, refs, use, metric, mask;
        if (fields >> name >> destination >> gateway >> flags >> refs >> use >> metric >> mask)
            list.push_back({{"interface", name},
                            {"destination", dotted(destination)},
                            {"gateway", dotted(gateway)},
                            {"mask", dotted(mask)}});
    }
    return list;
}

Json argvOf(const fs::path& process)
{
    Json words = Json::array();
    std::istringstream in(slurp(process / "cmdline"));
    std::string word;
    while (std::getline(in, word, '\0'))
        words.push_back(word);
    return words;
}

Json processes()
{
    Json list = Json::array();
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/proc", ignored))
    {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") == std::string::npos)
            list.push_back({{"pid", std::stoi(name)}, {"argv", argvOf(entry.path())}});
    }
    return list;
}
}

Json insideView()
{
    char hostname[256] = "";
    gethostname(hostname, sizeof hostname - 1);
    std::error_code ignored;
    Json groups = Json::array();
    gid_t ids[128];
    for (int i = 0, n = getgroups(128, ids); i < n; ++i)
        groups.push_back(ids[i]);
    const bool v2 = fs::exists("/sys/fs/cgroup/cgroup.controllers", ignored);
    return {{"uid", getuid()},
            {"gid", getgid()},
            {"groups", groups},
            {"pid", getpid()},
            {"argv", argvOf("/proc/self")},
            {"cwd", fs::current_path(ignored).string()},
            {"hostname", hostname},
            {"status", status()},
            {"cgroup", v2 ? cgroupV2() : cgroupV1()},
            {"mounts", mounts()},
            {"root", folder("/")},
            {"tmp", folder("/tmp")},
            {"interfaces", interfaces()},
            {"routes", routes()},
            {"resolvConf", slurp("/etc/resolv.conf")},
            {"processes", processes()}};
}
}
