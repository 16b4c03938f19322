#include "docker/escapes.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace mcpctl::docker
{

namespace
{

using Escapes = std::set<std::string>;

/// Source: moby `oci/caps/defaults.go`; the same from 20.10 to 28.
const std::array<std::string_view, 14> defaultCapabilities = {
    "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",  "KILL",   "MKNOD",
    "NET_BIND_SERVICE", "NET_RAW", "SETFCAP",      "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
};

std::set<std::string> capabilityNames(const JsonView& list)
{
    std::set<std::string> out;
    for (auto name : list.texts())
    {
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
        out.insert(name.starts_with("CAP_") ? name.substr(4) : name);
    }
    return out;
}

/// A security option has the form NAME=VALUE, in old style NAME:VALUE.
std::pair<std::string, std::string> splitOption(const std::string& option)
{
    const auto at = option.find_first_of("=:");
    if (at == std::string::npos)
        return {option, ""};
    return {option.substr(0, at), option.substr(at + 1)};
}

void addNamespaces(Escapes& escapes, const JsonView& host)
{
    constexpr std::array<std::pair<const char*, const char*>, 6> modes{{{"NetworkMode", "network"},
                                                                        {"PidMode", "pid"},
                                                                        {"IpcMode", "ipc"},
                                                                        {"UTSMode", "uts"},
                                                                        {"UsernsMode", "userns"},
                                                                        {"CgroupnsMode", "cgroupns"}}};
    for (const auto& [member, word] : modes)
    {
        const auto mode = host[member].text();
        if (mode == "host")
            escapes.insert(std::string("host-") + word);
        else if (mode.starts_with("container:"))
            escapes.insert(std::string("other-container-") + word);
        else if (mode == "shareable")
            escapes.insert(std::string("shareable-") + word);
    }
}

void addSecurityOptions(Escapes& escapes, const JsonView& host)
{
    for (const auto& option : host["SecurityOpt"].texts())
    {
        const auto [name, value] = splitOption(option);
        if (name == "no-new-privileges")
            continue;
        if (name == "seccomp" && (value == "builtin" || value == "default"))
            continue;
        if (name == "apparmor" && value == "docker-default")
            continue;
        // The value of an unknown option may be a whole profile: too long to show.
        const bool plain = !value.empty() && value.size() <= 40 && value.find_first_of("{\n\"") == std::string::npos;
        escapes.insert(name + "-" + (plain ? value : "custom"));
    }
    if (host["MaskedPaths"].isEmptyList())
        escapes.insert("unmasked-paths");
    if (host["ReadonlyPaths"].isEmptyList())
        escapes.insert("writable-system-paths");
}

void addDevices(Escapes& escapes, const JsonView& host)
{
    for (const auto& device : host["Devices"].items())
        escapes.insert("device " + device["PathOnHost"].text());
    constexpr std::array<std::pair<const char*, const char*>, 5> lists{{{"DeviceRequests", "device-requests"},
                                                                        {"DeviceCgroupRules", "device-cgroup-rules"},
                                                                        {"VolumesFrom", "volumes-from"},
                                                                        {"GroupAdd", "extra-groups"},
                                                                        {"Links", "links"}}};
    for (const auto& [member, word] : lists)
        if (!host[member].items().empty())
            escapes.insert(word);
}

/// Ports beyond those that ServerSpec::publications can say.
void addPublications(Escapes& escapes, const JsonView& host)
{
    if (host["PublishAllPorts"].flag())
        escapes.insert("all-ports-published");
    for (const auto& [port, bindings] : host["PortBindings"].members())
        if (!port.ends_with("/tcp") && !bindings.items().empty())
            escapes.insert("published " + port);
}

void addMountKinds(Escapes& escapes, const JsonView& host)
{
    for (const auto& mount : host["Mounts"].items())
    {
        const auto type = mount["Type"].text();
        if (type != "volume" && type != "bind" && type != "tmpfs")
            escapes.insert("mount of type " + type);
        const auto propagation = mount["BindOptions"]["Propagation"].text();
        if (propagation.ends_with("shared") || propagation.ends_with("slave"))
            escapes.insert("mount-propagation " + mount["Target"].text());
    }
}

}

std::set<std::string> findEscapes(const JsonView& host)
{
    Escapes escapes;
    if (host["Privileged"].flag())
        escapes.insert("privileged");
    if (host["OomKillDisable"].flag())
        escapes.insert("oom-kill-disabled");
    for (const auto& [name, value] : host["Sysctls"].textMap())
        if (name != forwardingSysctl || value != "0")
            escapes.insert("sysctls");
    addNamespaces(escapes, host);
    addSecurityOptions(escapes, host);
    addDevices(escapes, host);
    addPublications(escapes, host);
    addMountKinds(escapes, host);
    return escapes;
}

bool refusesToForward(const JsonView& hostConfig)
{
    const auto sysctls = hostConfig["Sysctls"].textMap();
    const auto found = sysctls.find(std::string(forwardingSysctl));
    return found != sysctls.end() && found->second == "0";
}

bool hasNoNewPrivileges(const JsonView& host)
{
    for (const auto& option : host["SecurityOpt"].texts())
    {
        const auto [name, value] = splitOption(option);
        if (name == "no-new-privileges")
            return value.empty() || value == "true";
    }
    return false;
}

std::set<std::string> leftCapabilities(const JsonView& host)
{
    const auto added = capabilityNames(host["CapAdd"]);
    const auto dropped = capabilityNames(host["CapDrop"]);
    if (dropped.contains("ALL"))
        return added;

    std::set<std::string> left(defaultCapabilities.begin(), defaultCapabilities.end());
    for (const auto& name : dropped)
        left.erase(name);
    left.insert(added.begin(), added.end());
    return left;
}

}
