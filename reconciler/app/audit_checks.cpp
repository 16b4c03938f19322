#include "app/audit.h"

#include "model/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mcpctl
{

namespace
{

using Result = AuditView::Result;
using Mounted = KernelView::Mounted;

AuditView pass(std::string text)
{
    return {Result::pass, std::move(text)};
}

AuditView fail(std::string text)
{
    return {Result::fail, std::move(text)};
}

AuditView unseen()
{
    return {Result::unknown, "it could not be read"};
}

AuditView passIf(bool good, const std::string& text)
{
    return {good ? Result::pass : Result::fail, text};
}

template <typename Texts>
std::string listed(const Texts& texts, std::string_view none)
{
    return texts.empty() ? std::string(none) : fmt::format("{}", fmt::join(texts, ", "));
}

/// Those of the spec's escapes that begin with one of `fronts`.
std::set<std::string> escapesLike(const ServerSpec& spec, std::initializer_list<std::string_view> fronts)
{
    std::set<std::string> out;
    for (const auto& escape : spec.escapes)
        if (std::any_of(fronts.begin(), fronts.end(), [&](auto front) { return escape.starts_with(front); }))
            out.insert(escape);
    return out;
}

AuditView privilegedOf(const ServerSpec& spec)
{
    const auto found =
        escapesLike(spec, {"privileged", "unmasked-paths", "writable-system-paths", "device", "sysctls", "volumes-from",
                           "links", "extra-groups", "mount", "oom-kill-disabled", "label", "systempaths"});
    return passIf(found.empty(), listed(found, "none"));
}

AuditView seccompOf(const ServerSpec& spec)
{
    const auto found = escapesLike(spec, {"privileged", "seccomp"});
    return passIf(found.empty(), listed(found, "the engine's default"));
}

AuditView seccompIn(const KernelView& kernel, const ServerSpec& /*engine*/)
{
    return !kernel.filtersCalls ? unseen()
                                : passIf(*kernel.filtersCalls, *kernel.filtersCalls ? "filter" : "no filter");
}

AuditView apparmorOf(const ServerSpec& spec)
{
    const auto found = escapesLike(spec, {"privileged", "apparmor"});
    return passIf(found.empty(), listed(found, "the engine's default"));
}

AuditView apparmorIn(const KernelView& kernel, const ServerSpec& /*engine*/)
{
    if (!kernel.profile)
        return unseen();
    if (kernel.profile->empty())
        return {Result::none, "this host has no AppArmor"};
    return passIf(!kernel.profile->starts_with("unconfined"), *kernel.profile);
}

AuditView newPrivilegesOf(const ServerSpec& spec)
{
    return passIf(spec.noNewPrivileges && !spec.escapes.contains("privileged"), spec.noNewPrivileges ? "on" : "off");
}

AuditView newPrivilegesIn(const KernelView& kernel, const ServerSpec& /*engine*/)
{
    return !kernel.noNewPrivileges ? unseen() : passIf(*kernel.noNewPrivileges, *kernel.noNewPrivileges ? "on" : "off");
}

/// Design: "Never". Beyond the engine's default set a capability leads out.
bool isHarmless(const std::string& capability)
{
    static const std::set<std::string> defaults{"AUDIT_WRITE", "CHOWN",   "DAC_OVERRIDE",     "FOWNER",    "FSETID",
                                                "KILL",        "MKNOD",   "NET_BIND_SERVICE", "NET_RAW",   "SETFCAP",
                                                "SETGID",      "SETPCAP", "SETUID",           "SYS_CHROOT"};
    return defaults.contains(capability);
}

AuditView capabilitiesOf(const ServerSpec& spec)
{
    const bool good = std::all_of(spec.capabilities.begin(), spec.capabilities.end(), isHarmless);
    return passIf(good && !spec.escapes.contains("privileged"),
                  spec.escapes.contains("privileged") ? "all" : listed(spec.capabilities, "none"));
}

/// No process may have more than the engine says, in any of its sets.
AuditView capabilitiesIn(const KernelView& kernel, const ServerSpec& engine)
{
    if (!kernel.capabilities)
        return unseen();
    std::set<std::string> beyond;
    for (const auto& capability : *kernel.capabilities)
        if (!engine.capabilities.contains(capability) || !isHarmless(capability))
            beyond.insert(capability);
    return beyond.empty()
               ? pass(listed(*kernel.capabilities, "none"))
               : fail(fmt::format("{} beyond what was given: {}", beyond.size(), listed(beyond, "none").substr(0, 80)));
}

AuditView userOf(const ServerSpec& spec)
{
    const auto user = spec.user.value_or("");
    const auto name = user.substr(0, user.find(':'));
    return passIf(!name.empty() && name != "root" && name.find_first_not_of('0') != std::string::npos,
                  user.empty() ? "root, for nothing else is said" : user);
}

AuditView liveUserOf(const AuditSubject& subject)
{
    return userOf(subject.isolation.engine.spec);
}

AuditView userIn(const KernelView& kernel, const ServerSpec& /*engine*/)
{
    if (!kernel.users || !kernel.groups)
        return unseen();
    const auto text = fmt::format("uid {}, gid {}", fmt::join(*kernel.users, " "), fmt::join(*kernel.groups, " "));
    return passIf(!kernel.users->contains(0) && !kernel.groups->contains(0), text);
}

AuditView rootOf(const ServerSpec& spec)
{
    return passIf(spec.readOnlyRootFilesystem, spec.readOnlyRootFilesystem ? "read-only" : "writable");
}

AuditView rootIn(const KernelView& kernel, const ServerSpec& /*engine*/)
{
    const auto root = kernel.mounts ? kernel.mounts->find("/") : decltype(kernel.mounts->end()){};
    if (!kernel.mounts || root == kernel.mounts->end())
        return unseen();
    return passIf(root->second.readOnly, root->second.readOnly ? "read-only" : "writable");
}

std::string bytes(std::int64_t value)
{
    return value == 0 ? "none" : formatBytes(value);
}

AuditView memoryOf(const ServerSpec& spec)
{
    return passIf(spec.resources.memoryBytes > 0, bytes(spec.resources.memoryBytes));
}

/// In force is what was asked for, or less: the kernel rounds down to whole pages.
AuditView limitIn(const std::optional<std::int64_t>& inForce, std::int64_t engine, const std::string& text)
{
    if (!inForce)
        return unseen();
    return passIf(*inForce > 0 && (engine == 0 || *inForce <= engine), text);
}

AuditView memoryIn(const KernelView& kernel, const ServerSpec& engine)
{
    return limitIn(kernel.memoryBytes, engine.resources.memoryBytes, bytes(kernel.memoryBytes.value_or(0)));
}

AuditView swapOf(const ServerSpec& spec)
{
    return passIf(spec.resources.swapBytes == 0,
                  spec.resources.swapBytes < 0 ? "unlimited" : bytes(spec.resources.swapBytes));
}

AuditView swapIn(const KernelView& kernel, const ServerSpec& /*engine*/)
{
    return !kernel.swapBytes
               ? unseen()
               : passIf(*kernel.swapBytes == 0, *kernel.swapBytes < 0 ? "unlimited" : bytes(*kernel.swapBytes));
}

AuditView pidsOf(const ServerSpec& spec)
{
    return passIf(spec.resources.pidsLimit > 0,
                  spec.resources.pidsLimit > 0 ? std::to_string(spec.resources.pidsLimit) : "none");
}

AuditView pidsIn(const KernelView& kernel, const ServerSpec& engine)
{
    const auto limit = kernel.pidsLimit.value_or(0);
    return limitIn(kernel.pidsLimit, engine.resources.pidsLimit, limit == 0 ? "none" : std::to_string(limit));
}

std::int64_t nanoCpusOf(const Resources& resources)
{
    if (resources.nanoCpus > 0 || resources.cpuPeriodMicros <= 0)
        return resources.nanoCpus;
    return resources.cpuQuotaMicros * 1'000'000'000 / resources.cpuPeriodMicros;
}

AuditView cpusOf(const ServerSpec& spec)
{
    const auto cpus = nanoCpusOf(spec.resources);
    return passIf(cpus > 0, cpus > 0 ? formatNanoCpus(cpus) : "none");
}

AuditView cpusIn(const KernelView& kernel, const ServerSpec& engine)
{
    const auto cpus = kernel.nanoCpus.value_or(0);
    return limitIn(kernel.nanoCpus, nanoCpusOf(engine.resources), cpus == 0 ? "none" : formatNanoCpus(cpus));
}

AuditView namespacesOf(const ServerSpec& spec)
{
    const auto found = escapesLike(spec, {"privileged", "host-", "other-container-", "shareable-"});
    return passIf(found.empty(), listed(found, "its own"));
}

AuditView namespacesIn(const KernelView& kernel, const ServerSpec& /*engine*/)
{
    if (!kernel.hostNamespaces)
        return unseen();
    return passIf(kernel.hostNamespaces->empty(),
                  kernel.hostNamespaces->empty() ? "its own" : "the host's: " + listed(*kernel.hostNamespaces, ""));
}

/// Folders of a host that no server has any business in.
bool isSensitive(const std::string& path)
{
    constexpr std::array folders{"/",     "/bin", "/boot", "/dev", "/etc", "/home", "/lib",     "/lib64",  "/proc",
                                 "/root", "/run", "/sbin", "/sys", "/usr", "/var",  "/var/lib", "/var/run"};
    constexpr std::array trees{"/boot/",      "/dev/",           "/etc/",           "/proc/",
                               "/root/",      "/sys/",           "/var/lib/docker", "/var/lib/containerd",
                               "/run/docker", "/var/run/docker", "/run/containerd"};
    return std::find(folders.begin(), folders.end(), path) != folders.end() ||
           std::any_of(trees.begin(), trees.end(), [&](const char* tree) { return path.starts_with(tree); });
}

AuditView mountsOf(const ServerSpec& spec)
{
    std::set<std::string> bad;
    for (const auto& [path, mount] : spec.mounts)
        if (mount.type == Mount::Type::hostPath && isSensitive(mount.source))
            bad.insert(mount.source);
    return passIf(bad.empty(), bad.empty() ? fmt::format("{} mounts", spec.mounts.size()) : listed(bad, ""));
}

/// What the engine and the program's own set-up put there; the rest has to be known to the engine.
bool isUsual(const std::string& point)
{
    static const std::set<std::string> files{"/", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf",
                                             "/sbin/docker-init"};
    constexpr std::array trees{"/proc", "/sys", "/dev"};
    return files.contains(point) ||
           std::any_of(trees.begin(), trees.end(),
                       [&](const std::string& tree) { return point == tree || point.starts_with(tree + "/"); });
}

AuditView mountsIn(const KernelView& kernel, const ServerSpec& engine)
{
    if (!kernel.mounts)
        return unseen();
    std::set<std::string> bad;
    for (const auto& [point, mount] : *kernel.mounts)
    {
        const auto known = engine.mounts.find(point);
        if (mount.holdsEngineSocket)
            bad.insert(point + " (the engine's socket)");
        else if (known != engine.mounts.end() ? known->second.readOnly && !mount.readOnly
                                              : !isUsual(point) && !engine.tmpfs.contains(point))
            bad.insert(point + (known != engine.mounts.end() ? " (writable)" : " (unknown to the engine)"));
    }
    return passIf(bad.empty(), bad.empty() ? fmt::format("{} mounts", kernel.mounts->size()) : listed(bad, ""));
}

/// On closed networks alone: those with no way out, no address of the host, and nothing odd.
AuditView networkOf(const AuditSubject& subject)
{
    std::set<std::string> open;
    for (const auto& [name, aliases] : subject.isolation.engine.spec.networks)
    {
        const auto found = subject.networks.find(name);
        if (found == subject.networks.end())
            return {Result::unknown, fmt::format("network {} is not there", name.text)};
        const auto& spec = found->second.spec;
        if (!spec.internal || spec.hostAddress || spec.ipv6 || !spec.oddities.empty())
            open.insert(name.text);
    }
    return passIf(open.empty(), open.empty() ? "closed networks alone" : "open: " + listed(open, ""));
}

AuditView networkIn(const KernelView& kernel, const ServerSpec& /*engine*/)
{
    return !kernel.hasWayOut ? unseen() : passIf(!*kernel.hasWayOut, *kernel.hasWayOut ? "a way out" : "no way out");
}

AuditView publicationsOf(const ServerSpec& spec)
{
    std::set<std::string> open;
    for (const auto& port : spec.publications)
        if (!port.address.starts_with("127.") && port.address != "::1")
            open.insert(fmt::format("{}:{}", port.address, port.hostPort));
    for (const auto& escape : escapesLike(spec, {"published", "all-ports-published"}))
        open.insert(escape);
    return passIf(open.empty(), listed(open, "none, or the host's own"));
}

AuditView ownershipOf(const AuditSubject& subject)
{
    return passIf(subject.ours, subject.ours ? "of this project" : "others started it with mcpctl's labels");
}

AuditView imageSecretsOf(const AuditSubject& subject)
{
    if (subject.secrets.empty())
        return {};
    if (subject.isolation.imageTexts.empty())
        return {Result::unknown, "its image is gone"};
    for (const auto& text : subject.isolation.imageTexts)
        for (const auto& secret : subject.secrets)
            if (text.find(secret) != std::string::npos)
                return fail("a known secret stands in its metadata");
    return pass(fmt::format("none of the {} known", subject.secrets.size()));
}

std::vector<AuditCheck> makeTable()
{
    std::vector<AuditCheck> table;
    const auto add = [&](AuditCheck check) { table.push_back(std::move(check)); };
    const std::string_view apply = "declare it and `mcpctl apply`, or remove it";
    add({"escape",
         "no way around isolation",
         "each leads out of the container or into the host",
         apply,
         false,
         {"escapes"},
         privilegedOf,
         nullptr,
         nullptr});
    add({"seccomp",
         "system calls are filtered",
         "without the filter every kernel bug is within reach",
         apply,
         false,
         {"escapes"},
         seccompOf,
         nullptr,
         seccompIn});
    add({"apparmor",
         "an AppArmor profile holds",
         "a second line where the first one breaks",
         apply,
         true,
         {"escapes"},
         apparmorOf,
         nullptr,
         apparmorIn});
    add({"no-new-privileges",
         "no program gives more rights",
         "a setuid program would make it root",
         apply,
         false,
         {"noNewPrivileges"},
         newPrivilegesOf,
         nullptr,
         newPrivilegesIn});
    add({"capabilities",
         "no capability beyond those given",
         "each is a part of root's power",
         apply,
         false,
         {"capabilities", "escapes"},
         capabilitiesOf,
         nullptr,
         capabilitiesIn});
    add({"run-as-root",
         "it is not root",
         "root inside is root outside, but for what else holds",
         "set `security.user`, as `1000:1000`",
         true,
         {},
         nullptr,
         liveUserOf,
         userIn});
    add({"read-only-root",
         "its root cannot be written",
         "what is written there can be run at the next start",
         "leave `security.readOnlyRootFilesystem` out, which means true",
         false,
         {"readOnlyRootFilesystem"},
         rootOf,
         nullptr,
         rootIn});
    add({"memory-limit",
         "memory is limited",
         "it could take the host's",
         apply,
         false,
         {"memory"},
         memoryOf,
         nullptr,
         memoryIn});
    add({"swap-limit",
         "swap is limited",
         "what swaps beyond its memory slows the host down",
         "boot with swapaccount=1, or without swap",
         true,
         {"swap"},
         swapOf,
         nullptr,
         swapIn});
    add({"pids-limit",
         "processes are limited",
         "a fork bomb would stop the host",
         apply,
         false,
         {"pidsLimit"},
         pidsOf,
         nullptr,
         pidsIn});
    add({"cpu-limit",
         "cpu time is limited",
         "it could take the host's",
         apply,
         false,
         {"cpus", "cpuPeriod", "cpuQuota"},
         cpusOf,
         nullptr,
         cpusIn});
    add({"namespaces",
         "it has namespaces of its own",
         "one of the host shows its processes, memory and network",
         apply,
         false,
         {"escapes"},
         namespacesOf,
         nullptr,
         namespacesIn});
    add({"mounts",
         "no folder that leads to the host",
         "whoever writes there, or reaches the engine's socket, owns the "
         "host",
         "use a named volume, or a folder made for the server",
         false,
         {"mounts"},
         mountsOf,
         nullptr,
         mountsIn});
    add({"network",
         "no way out, and none to the host",
         "it could send out what it is told, and reach what listens on "
         "the host",
         "use internal networks, and `egress` for what it has to reach",
         true,
         {},
         nullptr,
         networkOf,
         networkIn});
    add({"published-address",
         "published to this host alone",
         "nothing asks who calls",
         "publish on 127.0.0.1",
         false,
         {"publish"},
         publicationsOf,
         nullptr,
         nullptr});
    add({"image-secrets",
         "no known secret is in its image",
         "whoever can pull the image can read it",
         "build the image without it, and change the secret",
         false,
         {},
         nullptr,
         imageSecretsOf,
         nullptr});
    add({"ownership",
         "mcpctl's labels tell the truth",
         "what carries them and is not ours is not looked after",
         "remove it, or take the labels off",
         true,
         {},
         nullptr,
         ownershipOf,
         nullptr});
    return table;
}

}

std::span<const AuditCheck> auditChecks()
{
    static const auto table = makeTable();
    return table;
}

}
