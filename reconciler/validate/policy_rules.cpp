#include "validate/policy_rules.h"

#include <algorithm>

namespace mcpctl
{

namespace
{

constexpr std::string_view hostPath = "host path";
constexpr std::string_view imagePin = "image pin";
constexpr std::string_view capability = "capability";

RuleParameters allowing(std::vector<std::string> texts)
{
    return {std::move(texts), {}, {}};
}

RuleParameters upTo(Limits ceilings)
{
    return {{}, {}, std::move(ceilings)};
}

/// What holds always, whatever a SecurityPolicy says: each row denies.
std::vector<Rule> floorRules()
{
    const auto floor = [](std::string_view id, std::string_view why, std::string_view fix, Rule::Check* check,
                          std::vector<std::string_view> fields = {}, std::string_view about = {})
    { return Rule{id, why, fix, Level::deny, false, about, check, std::move(fields)}; };
    const auto unwritable = [&](std::string_view id, std::string_view why, std::vector<std::string_view> fields)
    { return floor(id, why, "leave it out", nullptr, std::move(fields)); };
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
              findCapabilities, {"capAdd", "cap_add", "capDrop", "cap_drop"}, capability),
        floor("path-traversal", "a mount has to name one place, and none that the engine keeps for itself",
              "write an absolute path without `..`, outside of /proc, /sys and /dev", findPathTraversal, {}, hostPath),
        floor("engine-socket-mount", "whoever reaches an engine's socket owns the host",
              "mount a folder that holds no socket of an engine", findEngineSocket, {}, hostPath),
        floor("dangerous-host-path", "it holds what the host runs on, or somebody's credentials",
              "mount a folder made for the server, as `/srv/mcp/NAME`", findDangerousPaths, {}, hostPath),
    };
}

/// What an exemption from rule `id` can name: whatever the rule judges.
std::vector<std::string_view> exemptsOf(std::string_view id)
{
    if (id == "network-open")
        return {"network"};
    if (id == "network-allowed" || id == "egress-allowed")
        return {"profile"};
    if (id == "resource-limits" || id == "pids-limit" || id == "plaintext-secret")
        return {"server", "profile"};
    return {"server"};
}

/// What a SecurityPolicy may set, as it is without one: what looks wrong on every host denies or warns, what
/// depends on the house is off until a policy says what the house wants.
std::vector<Rule> switchableRules()
{
    const auto rule = [](Level level, std::string_view id, std::string_view why, std::string_view fix,
                         Rule::Check* check, std::string_view takes = {}, RuleParameters defaults = {},
                         std::string_view about = {})
    { return Rule{id, why, fix, level, true, about, check, {}, std::move(defaults), takes, exemptsOf(id)}; };
    constexpr std::int64_t gibibyte = 1024LL * 1024 * 1024;
    constexpr std::int64_t oneCpu = 1'000'000'000;
    return {
        rule(Level::deny, "host-path-mount", "a folder of the host outlives the container and is shared with the host",
             "use a named volume, or allow the folder under `rules` of a SecurityPolicy", findHostPaths,
             "`allow`: folders that may be mounted read-only; `readWrite`: those that may be written; none", {},
             hostPath),
        rule(Level::off, "image-source", "only sources that the policy lists may run here",
             "use an image of a listed source, or list this one under `allow`", findForeignImages,
             "`allow`: registries, or registries with the beginning of a path"),
        rule(Level::off, "image-digest", "a tag can be moved to another image, a digest cannot",
             "write the image as `name@sha256:...`", findMissingDigests, {}, {}, imagePin),
        rule(Level::warn, "image-tag-latest", "the same manifest runs something else tomorrow",
             "pin a version or a digest", findMovingTags, {}, {}, imagePin),
        rule(Level::warn, "network-open", "its servers reach the internet and every service of the host",
             "leave `internal` out, which means true", findOpenNetworks),
        rule(Level::off, "network-allowed", "who shares a network reaches each other",
             "use a listed network, or list this one under `allow`", findForeignNetworks,
             "`allow`: names of Network manifests, or `mcpctl-network`"),
        rule(Level::off, "egress-allowed", "what a server may reach is where it can send what it knows",
             "leave the target out, or list it under `allow`", findForeignTargets,
             "`allow`: `host:port`, or `*.example.com:443` for all that is below"),
        rule(Level::deny, "publish-address",
             "whoever reaches the host would reach the server, and nothing asks who it is",
             "publish on `127.0.0.1`, and put a proxy that asks for credentials in front", findPublishedAddresses,
             "`allow`: addresses of the host beside its loopback ones; none"),
        rule(Level::warn, "capabilities", "all capabilities are dropped, and each that comes back is one to misuse",
             "leave it out, or list it under `allow`", findUnlistedCapabilities,
             "`allow`: capabilities, of those that the floor leaves; none", {}, capability),
        rule(Level::warn, "run-as-root", "root inside is root wherever the walls have a hole",
             "name another user under `security`, as `user: \"1000:1000\"`", findRoot),
        rule(Level::warn, "read-only-root", "what can be written can be made to run again after a restart",
             "leave `readOnlyRootFilesystem` out, and mount a volume where the server writes", findWritableRoots),
        rule(Level::warn, "resource-limits", "one server could take the host away from all others",
             "ask for less, or have the ceiling raised", findLimits,
             "`memory`: 8Gi; `cpus`: 4; the most that a server may ask for",
             upTo({{"memory", {8 * gibibyte, {}}}, {"cpus", {4 * oneCpu, {}}}})),
        rule(Level::warn, "pids-limit", "so many processes are a fork bomb that works",
             "ask for less, or have the ceiling raised", findLimits,
             "`pidsLimit`: 1024; the most that a server may ask for", upTo({{"pidsLimit", {1024, {}}}})),
        rule(Level::warn, "restart-policy",
             "`always` brings back what somebody stopped when the engine starts again, and a policy may want less",
             "use a listed one, as `unless-stopped`", findRestarts, "`allow`: `no`, `on-failure`, `unless-stopped`",
             allowing({"no", "on-failure", "unless-stopped"})),
        rule(Level::deny, "plaintext-secret", "whoever reads the manifests, or the plan, has it",
             "put it into a secret and name that: `{secretRef: {name: ...}}`; and replace what was written here",
             findPlaintextSecrets),
        rule(Level::deny, "unknown", "what a rule of a SecurityPolicy cannot decide from here counts as denied",
             "say it in the manifest", nullptr),
    };
}

std::vector<Rule> makeTable()
{
    auto table = floorRules();
    for (auto& rule : switchableRules())
        table.push_back(std::move(rule));
    // After host-path-mount: a path that is denied anyway needs no look at where it leads.
    table.push_back({"host-path-unresolved", "a link could lead anywhere, so what cannot be decided is denied",
                     "validate on the host of the engine, or use a named volume", Level::deny, false, hostPath,
                     findUnresolvedPaths});
    return table;
}

}

std::span<const Rule> ruleTable()
{
    static const std::vector<Rule> table = makeTable();
    return table;
}

std::string_view toString(Level level)
{
    switch (level)
    {
    case Level::off:
        return "off";
    case Level::warn:
        return "warn";
    case Level::deny:
        return "deny";
    }
    return "deny";
}

std::vector<RuleInfo> policyRules()
{
    std::vector<RuleInfo> infos;
    for (const Rule& rule : ruleTable())
        infos.push_back({std::string(rule.id), std::string(rule.why), std::string(rule.fix), rule.switchable,
                         std::string(toString(rule.level)), std::string(rule.takes)});
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
