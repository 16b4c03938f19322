#pragma once

#include "model/desired_state.h"
#include "model/quantity.h"

#include <string>
#include <vector>

namespace mcpctl::test
{

inline std::string joined(const auto& texts)
{
    std::string result;
    for (const auto& text : texts)
        result += (result.empty() ? "" : ", ") + text;
    return "[" + result + "]";
}

inline std::string dumpEnv(const EnvValue& value)
{
    return value.secretName ? "secret " + *value.secretName + (value.resolved ? "" : ", not resolved")
                            : "\"" + value.text + "\"";
}

inline std::string dumpLimits(const Resources& limits)
{
    std::string text = "memory " + std::to_string(limits.memoryBytes);
    if (limits.memoryReservationBytes != 0)
        text += ", reservation " + std::to_string(limits.memoryReservationBytes);
    text += ", nanoCpus " + std::to_string(limits.nanoCpus);
    if (limits.cpuQuotaMicros != 0 || limits.cpuPeriodMicros != 0)
        text += ", quota " + std::to_string(limits.cpuQuotaMicros) + "/" + std::to_string(limits.cpuPeriodMicros);
    if (limits.cpuShares != 0)
        text += ", shares " + std::to_string(limits.cpuShares);
    return text + ", pids " + std::to_string(limits.pidsLimit);
}

inline std::string dumpHealth(const HealthCheck& health)
{
    static const std::vector<std::string> types{"mcp", "http", "tcp", "command", "image", "none"};
    std::string text = types.at(static_cast<std::size_t>(health.type));
    if (!health.command.empty())
        text += " " + joined(health.command);
    if (!health.path.empty())
        text += " " + health.path;
    return text + " every " + formatDuration(health.interval) + ", timeout " + formatDuration(health.timeout) +
           ", start " + formatDuration(health.startPeriod) + ", retries " + std::to_string(health.retries);
}

inline std::string dumpSpec(const ServerSpec& spec)
{
    static const std::vector<std::string> restarts{"no", "on-failure", "always", "unless-stopped"};
    std::string text;
    const auto line = [&](const std::string& name, const std::string& value)
    { text += "  " + name + ": " + value + "\n"; };
    line("image", spec.image);
    if (spec.entrypoint)
        line("entrypoint", joined(*spec.entrypoint));
    if (spec.command)
        line("command", joined(*spec.command));
    for (const auto& [name, value] : spec.env)
        line("env " + name, dumpEnv(value));
    if (spec.user)
        line("user", *spec.user);
    line("transport", spec.transport.type == Transport::Type::stdio ? "stdio"
                      : spec.transport.type == Transport::Type::none
                          ? "none"
                          : "http " + std::to_string(spec.transport.port) + spec.transport.path);
    line("stdin", spec.keepsStdin ? "kept" : "none");
    line("limits", dumpLimits(spec.resources));
    for (const auto& [path, mount] : spec.mounts)
        line("mount " + path, (mount.type == Mount::Type::volume ? "volume " : "host ") + mount.source +
                                  (mount.readOnly ? ", read-only" : ""));
    for (const auto& [path, options] : spec.tmpfs)
        line("tmpfs " + path, options);
    for (const auto& [network, aliases] : spec.networks)
        line("network " + network.text,
             joined(aliases) + (spec.fixedAddresses.contains(network) ? ", fixed address" : ""));
    for (const auto& publication : spec.publications)
        line("publish", publication.address + ":" + std::to_string(publication.hostPort) + " -> " +
                            std::to_string(publication.targetPort));
    for (const auto& [path, config] : spec.configFiles)
        line("config " + path, "\n" + config);
    line("dns", joined(spec.nameServers) + " " + joined(spec.nameServerOptions));
    std::string options;
    for (const auto& [name, value] : spec.logging.options)
        options += " " + name + "=" + value;
    line("logging", spec.logging.driver + options);
    line("restart", restarts.at(static_cast<std::size_t>(spec.restart.when)) + ", stop in " +
                        formatDuration(spec.stopGracePeriod));
    line("health", dumpHealth(spec.health));
    if (!spec.capabilities.empty())
        line("capabilities", joined(spec.capabilities));
    line("root", spec.readOnlyRootFilesystem ? "read-only" : "writable");
    return text;
}

/// Everything that a desired state says, as text.
inline std::string dump(const DesiredState& desired)
{
    static const std::vector<std::string> pulls{"missing", "always", "never"};
    std::string text = "project " + desired.project.text + "\n";
    for (const auto& [name, network] : desired.networks)
        text += "network " + name.text + ": " + (network.spec.internal ? "internal" : "open") +
                (network.spec.hostAddress ? ", host address" : "") +
                (network.spec.subnet.empty() ? "" : ", " + network.spec.subnet) +
                (network.fromPool ? ", from the pool" : "") +
                (network.spec.owner.empty() ? ", shared" : ", of " + network.spec.owner.text) +
                (network.place.file.empty() ? "" : " @" + std::to_string(network.place.line)) + "\n";
    for (const auto& [name, instance] : desired.instances)
    {
        text += "\ninstance " + name.text + " @" + std::to_string(instance.place.line) + ": server " +
                instance.server.text + ", profile " + instance.profile.text + ", short " + instance.shortName +
                (instance.enabled ? "" : ", disabled") + (instance.pruneDisabled ? ", prune disabled" : "") +
                ", pull " + pulls.at(static_cast<std::size_t>(instance.pullPolicy)) + "\n" + dumpSpec(instance.spec) +
                "  places:";
        for (const auto& [field, place] : instance.fieldPlaces)
            text += " " + field + "@" + std::to_string(place.line);
        text += "\n";
    }
    return text;
}

}
