#include "docker/kernel_view.h"

#include "docker/kernel_limits.h"
#include "docker/proc_text.h"

#include <fmt/format.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace mcpctl::docker
{

namespace
{

namespace fs = std::filesystem;

/// Every process that belongs to the container. Those that end while one looks are no matter.
std::vector<fs::path> processesOf(const fs::path& proc, const std::string& id)
{
    std::vector<fs::path> out;
    std::error_code error;
    for (fs::directory_iterator it(proc, error), end; !error && it != end; it.increment(error))
    {
        const auto name = it->path().filename().string();
        if (name.find_first_not_of("0123456789") == std::string::npos &&
            slurp(it->path() / "cgroup").value_or("").find(id) != std::string::npos)
            out.push_back(it->path());
    }
    return out;
}

template <typename Set>
void join(std::optional<Set>& all, const std::optional<Set>& one)
{
    if (all && one)
        all->insert(one->begin(), one->end());
    else
        all.reset(); // not seen of one is not seen at all
}

/// The weakest of all. A `status` that cannot be read leaves nothing to say.
void addStatus(KernelView& view, const std::string& text)
{
    auto fields = statusFields(text);
    const auto both = [](std::optional<bool>& all, const std::string& field, const std::string& good) {
        all = field.empty() ? std::nullopt : all && *all ? std::optional(field == good) : all;
    };
    both(view.filtersCalls, fields["Seccomp"], "2");
    both(view.noNewPrivileges, fields["NoNewPrivs"], "1");
    for (const auto* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
        join(view.capabilities, capabilitiesOf(fields[set]));
    join(view.users, fields.contains("Uid") ? numbersOf(fields["Uid"]) : std::nullopt);
    join(view.groups, fields.contains("Gid") ? numbersOf(fields["Gid"] + " " + fields["Groups"]) : std::nullopt);
}

void readStatuses(KernelView& view, const std::vector<fs::path>& processes)
{
    view.filtersCalls = true;
    view.noNewPrivileges = true;
    view.capabilities.emplace();
    view.users.emplace();
    view.groups.emplace();
    for (const auto& process : processes)
        if (const auto text = slurp(process / "status"))
            addStatus(view, *text);
        else if (fs::exists(process))
            addStatus(view, "");
}

std::string linkOf(const fs::path& link)
{
    std::error_code error;
    const auto target = fs::read_symlink(link, error);
    return error ? "" : target.string();
}

/// The process that listens on the engine's socket, as far as the kernel tells; 0 when it does not.
pid_t listenerOn(const std::string& socket)
{
    sockaddr_un address = {};
    if (socket.empty() || socket.size() >= sizeof address.sun_path)
        return 0;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket.data(), socket.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ucred peer = {};
    socklen_t length = sizeof peer;
    if (fd < 0)
        return 0;
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
        peer.pid = 0;
    ::close(fd);
    return peer.pid;
}

/// What is the host's is what the engine has, or else what process 1 has.
void readNamespaces(KernelView& view, const std::vector<fs::path>& processes, const std::vector<fs::path>& hosts)
{
    std::set<std::string> shared;
    for (const auto* kind : {"net", "pid", "ipc", "uts", "mnt", "cgroup"})
    {
        std::set<std::string> ofHost;
        for (const auto& host : hosts)
            ofHost.insert(linkOf(host / "ns" / kind));
        ofHost.erase("");
        for (const auto& process : processes)
        {
            const auto own = linkOf(process / "ns" / kind);
            if (own.empty() && !fs::exists(process))
                continue;
            if (own.empty() || ofHost.empty())
                return;
            if (ofHost.contains(own))
                shared.insert(kind);
        }
    }
    view.hostNamespaces = std::move(shared);
}

/// A default route leads out over the host, when an address of the host is its gateway. On a closed network the engine
/// sets one to an address that nobody has.
void readWayOut(KernelView& view, const fs::path& process, const std::vector<fs::path>& hosts)
{
    const auto routes = slurp(process / "net/route");
    if (!routes)
        return;
    const auto gateways = defaultGateways(*routes);
    if (gateways.contains("0.0.0.0") || hasIpv6Default(slurp(process / "net/ipv6_route").value_or("")))
        return void(view.hasWayOut = true);
    if (gateways.empty())
        return void(view.hasWayOut = false);
    for (const auto& host : hosts)
        if (const auto trie = slurp(host / "net/fib_trie"); trie && !trie->empty())
        {
            const auto local = localAddresses(*trie);
            view.hasWayOut = view.hasWayOut.value_or(false) ||
                             std::any_of(gateways.begin(), gateways.end(),
                                         [&](const auto& gateway) { return local.contains(gateway); });
        }
}

/// Where the engine's socket is, in the words of mountinfo: device, and path within the file system.
std::pair<std::string, std::string> placeOf(const fs::path& proc, const std::string& socket)
{
    std::error_code error;
    const auto path = fs::canonical(socket, error).string();
    std::pair<std::string, std::string> place;
    std::size_t longest = 0;
    if (error)
        return place;
    for (const auto& mount : mountLines(slurp(proc / "self/mountinfo").value_or("")))
    {
        const auto point = mount.point == "/" ? std::string() : mount.point;
        if ((path == point || path.starts_with(point + "/")) && mount.point.size() >= longest)
        {
            longest = mount.point.size();
            place = {mount.device, (mount.root == "/" ? "" : mount.root) + path.substr(point.size())};
        }
    }
    return place;
}

void readMounts(KernelView& view, const fs::path& process, const fs::path& proc, const std::string& socket)
{
    const auto text = slurp(process / "mountinfo");
    if (!text || text->empty())
        return;
    const auto [device, path] = placeOf(proc, socket);
    view.mounts.emplace();
    for (const auto& mount : mountLines(*text))
    {
        const auto root = mount.root == "/" ? std::string() : mount.root;
        const bool holds = !path.empty() && mount.device == device && (path == root || path.starts_with(root + "/"));
        // Of several at one place the last is what the processes see.
        view.mounts->insert_or_assign(mount.point,
                                      KernelView::Mounted{mount.type, mount.options.contains("ro"), holds});
    }
}

void readProfile(KernelView& view, const std::vector<fs::path>& processes)
{
    if (slurp("/sys/module/apparmor/parameters/enabled").value_or("N") != "Y\n")
        return void(view.profile = "");
    for (const auto& process : processes)
    {
        auto text = slurp(process / "attr/current");
        if (!text && !fs::exists(process))
            continue;
        if (!text)
            return view.profile.reset();
        text->resize(text->find_last_not_of("\n\0") + 1);
        if (!view.profile || text->starts_with("unconfined"))
            view.profile = *text;
    }
}

}

KernelView readKernel(std::int64_t pid, const std::string& id, const std::string& socket, const fs::path& proc)
{
    KernelView view;
    if (pid == 0)
    {
        view.unseen = "it does not run";
        return view;
    }
    const auto first = proc / std::to_string(pid);
    const auto groups = slurp(first / "cgroup");
    if (!groups || groups->find(id) == std::string::npos)
    {
        view.unseen = fmt::format("its process ({}) is not seen from here: another machine, another pid namespace, or "
                                  "no right to look",
                                  pid);
        return view;
    }
    const auto processes = processesOf(proc, id);
    readStatuses(view, processes);
    std::vector<fs::path> hosts{proc / "1"};
    if (const auto engine = listenerOn(socket); engine > 1)
        hosts.push_back(proc / std::to_string(engine));
    readNamespaces(view, processes, hosts);
    readMounts(view, first, proc, socket);
    readProfile(view, processes);
    readLimits(proc, *groups, view);
    readWayOut(view, first, hosts);
    return view;
}

}
