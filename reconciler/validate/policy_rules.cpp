#include "validate/policy_rules.h"

#include "validate/ingress.h"

#include <algorithm>
#include <array>
#include <set>

namespace mcpctl
{

namespace
{

using RuleCheck = PolicyFindings(const PolicySubject&, const RuleParameters&, const PolicyContext&);

constexpr std::string_view hostPath = "host path";

/// What the engine gives a container by default: no more than these may come back.
constexpr std::array<std::string_view, 14> defaultCapabilities{
    "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",  "KILL",   "MKNOD",
    "NET_BIND_SERVICE", "NET_RAW", "SETFCAP",      "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"};

PolicyFindings findCapabilities(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    PolicyFindings found;
    const auto* const* server = std::get_if<const ServerManifest*>(&subject);
    if (server == nullptr)
        return found;
    for (const Written& capability : (*server)->capabilities)
        if (std::find(defaultCapabilities.begin(), defaultCapabilities.end(), capability.text) ==
            defaultCapabilities.end())
            found.push_back({capability.place, "capability " + quoted(capability.text) + " is never given", ""});
    return found;
}

PolicyFindings findHostNetworks(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    PolicyFindings found;
    const auto* const* profile = std::get_if<const ProfileManifest*>(&subject);
    if (profile == nullptr || !(*profile)->allowedNetworks)
        return found;
    for (const Written& network : *(*profile)->allowedNetworks)
        if (bypassesNetworks(network.text))
            found.push_back({network.place, "network " + quoted(network.text) + " is never given", ""});
    return found;
}

PolicyFindings findPublishedAddresses(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    const auto* const* server = std::get_if<const ServerManifest*>(&subject);
    if (server == nullptr || !(*server)->publish || isLoopback((*server)->publish->address))
        return {};
    return {{(*server)->fieldPlaces.at("publish"),
             "address " + quoted((*server)->publish->address) + " is not one of this host alone", ""}};
}

PolicyFindings findOpenNetworks(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    const auto* const* network = std::get_if<const NetworkManifest*>(&subject);
    if (network == nullptr || (*network)->internal)
        return {};
    return {{(*network)->internalPlace, "network " + quoted((*network)->name) + " is not internal", ""}};
}

/// What holds always, whatever a SecurityPolicy says: each row denies.
std::vector<Rule> floorRules()
{
    const auto floor = [](std::string_view id, std::string_view why, std::string_view fix, auto* check,
                          std::vector<std::string_view> fields = {}, std::string_view about = {})
    { return Rule{id, why, fix, Level::deny, false, about, check, std::move(fields)}; };
    const auto unwritable = [&](std::string_view id, std::string_view why, std::vector<std::string_view> fields)
    { return floor(id, why, "leave it out", static_cast<RuleCheck*>(nullptr), std::move(fields)); };
    return {
        unwritable("privileged", "a privileged container owns the host", {"privileged"}),
        unwritable("host-namespaces", "a namespace of the host shows its processes, memory and users",
                   {"pid", "pidMode", "pid_mode", "hostPID", "ipc", "ipcMode", "hostIPC", "userns", "usernsMode",
                    "userns_mode", "hostUsers", "uts", "utsMode"}),
        unwritable("unconfined", "the default seccomp and AppArmor profiles and no-new-privileges always hold",
                   {"securityOpt", "security_opt", "seccomp", "seccompProfile", "apparmor", "apparmorProfile",
                    "appArmorProfile", "noNewPrivileges", "allowPrivilegeEscalation"}),
        unwritable("host-devices", "devices and kernel settings belong to the host",
                   {"devices", "device", "deviceCgroupRules", "device_cgroup_rules", "sysctls", "cgroupParent",
                    "cgroup_parent", "gpus", "volumesFrom", "volumes_from"}),
        floor("host-network", "it would reach every service of the host, or another container from inside",
              "list declared networks or `mcpctl-network`; an empty list is no network at all", findHostNetworks,
              {"hostNetwork", "networkMode", "network_mode", "net"}),
        floor("capability", "beyond the engine's default set a capability leads out of the container",
              "leave it out, or use one of AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, "
              "NET_BIND_SERVICE, NET_RAW, SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT",
              findCapabilities, {"capAdd", "cap_add", "capDrop", "cap_drop"}),
        floor("publish-address", "whoever reaches the host would reach the server, and nothing asks who it is",
              "publish on `127.0.0.1`, and put a proxy that asks for credentials in front", findPublishedAddresses),
        floor("path-traversal", "a mount has to name one place, and none that the engine keeps for itself",
              "write an absolute path without `..`, outside of /proc, /sys and /dev", findPathTraversal, {}, hostPath),
        floor("engine-socket-mount", "whoever reaches an engine's socket owns the host",
              "mount a folder that holds no socket of an engine", findEngineSocket, {}, hostPath),
        floor("dangerous-host-path", "it holds what the host runs on, or somebody's credentials",
              "mount a folder made for the server, as `/srv/mcp/NAME`", findDangerousPaths, {}, hostPath),
    };
}

/// What a SecurityPolicy may set, as it is without one.
std::vector<Rule> switchableRules()
{
    return {
        {"host-path-mount",
         "a folder of the host outlives the container and is shared with the host",
         "use a named volume, or allow the folder under `rules` of a SecurityPolicy",
         Level::deny,
         true,
         hostPath,
         findHostPaths,
         {}},
        {"image-source",
         "only sources that the policy lists may run here",
         "use an image of a listed source, or list this one under `allow`",
         Level::off,
         true,
         "",
         findForeignImages,
         {}},
        {"image-tag-latest",
         "the same manifest runs something else tomorrow",
         "pin a version or a digest",
         Level::warn,
         true,
         "",
         findMovingTags,
         {}},
        {"network-open",
         "its servers reach the internet and every service of the host",
         "leave `internal` out, which means true",
         Level::warn,
         true,
         "",
         findOpenNetworks,
         {}},
    };
}

std::vector<Rule> makeTable()
{
    auto table = floorRules();
    for (auto& rule : switchableRules())
        table.push_back(std::move(rule));
    // After host-path-mount: a path that is denied anyway needs no look at where it leads.
    table.push_back({"host-path-unresolved",
                     "a link could lead anywhere, so what cannot be decided is denied",
                     "validate on the host of the engine, or use a named volume",
                     Level::deny,
                     false,
                     hostPath,
                     findUnresolvedPaths,
                     {}});
    return table;
}

}

std::span<const Rule> ruleTable()
{
    static const std::vector<Rule> table = makeTable();
    return table;
}

bool bypassesNetworks(const std::string& name)
{
    static const std::set<std::string> builtIn{"host", "none", "bridge", "default", "nat"};
    return builtIn.contains(name) || name.starts_with("container:") || name.starts_with("service:") ||
           name.starts_with("ns:");
}

std::vector<RuleInfo> policyRules()
{
    std::vector<RuleInfo> infos;
    for (const Rule& rule : ruleTable())
        infos.push_back({std::string(rule.id), std::string(rule.why), std::string(rule.fix), rule.switchable});
    return infos;
}

std::string neverGiven(const std::string& field)
{
    for (const Rule& rule : ruleTable())
        if (std::find(rule.fields.begin(), rule.fields.end(), field) != rule.fields.end())
            return std::string(rule.why) + " (rule `" + std::string(rule.id) + "`): " + std::string(rule.fix);
    return {};
}

}
