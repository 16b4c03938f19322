// The rules about what a server is given: rights, limits, and how often it comes back.
#include "model/quantity.h"
#include "validate/policy_rules.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace mcpctl
{

namespace
{

/// What the engine gives a container by default: no more than these may come back.
constexpr std::array<std::string_view, 14> defaultCapabilities{
    "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",  "KILL",   "MKNOD",
    "NET_BIND_SERVICE", "NET_RAW", "SETFCAP",      "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"};

bool isNumber(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// `SYS_TIME` and `CAP_sys_time` are one capability.
std::string capabilityName(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text.starts_with("CAP_") ? text.substr(4) : text;
}

SourcePos placeOf(const InstanceSubject& instance, const std::string& field)
{
    const auto written = instance.limits.find(field);
    if (written != instance.limits.end())
        return written->second.place;
    return instance.server->place;
}

/// Nano cpus, whichever way they were written.
std::int64_t cpusOf(const Resources& resources)
{
    if (resources.cpuQuotaMicros == 0)
        return resources.nanoCpus;
    return static_cast<std::int64_t>(static_cast<double>(resources.cpuQuotaMicros) /
                                     static_cast<double>(resources.cpuPeriodMicros) * 1e9);
}

}

SourcePos placeIn(const ServerManifest& server, const std::string& field)
{
    const auto place = server.fieldPlaces.find(field);
    return place == server.fieldPlaces.end() ? server.place : place->second;
}

PolicyFindings findCapabilities(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    PolicyFindings found;
    if (const auto* server = subjectAs<ServerManifest>(subject))
        for (const Written& capability : server->capabilities)
            if (std::find(defaultCapabilities.begin(), defaultCapabilities.end(), capability.text) ==
                defaultCapabilities.end())
                found.push_back({capability.place, "capability " + quoted(capability.text) + " is never given"});
    return found;
}

PolicyFindings findUnlistedCapabilities(const PolicySubject& subject, const RuleParameters& parameters,
                                        const PolicyContext&)
{
    PolicyFindings found;
    if (const auto* server = subjectAs<ServerManifest>(subject))
        for (const Written& capability : server->capabilities)
            if (std::none_of(parameters.allow.begin(), parameters.allow.end(),
                             [&](const std::string& listed) { return capabilityName(listed) == capability.text; }))
                found.push_back(
                    {capability.place, "capability " + quoted(capability.text) + " is not among the listed ones"});
    return found;
}

PolicyFindings findRoot(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    const auto* server = subjectAs<ServerManifest>(subject);
    if (server == nullptr)
        return {};
    const std::string written = server->base.user.value_or("");
    const std::string user = written.substr(0, written.find(':'));
    const SourcePos place = placeIn(*server, "user");
    if (user == "root" || (isNumber(user) && user.find_first_not_of('0') == std::string::npos))
        return {{place, "user " + quoted(written) + " is root"}};
    const std::string fix = "name a user by number under `security`, as `user: \"1000:1000\"`";
    if (user.empty())
        return {{place, "the image decides whom " + quoted(server->name.text) + " runs as", fix, true}};
    if (!isNumber(user))
        return {{place, "the image decides who " + quoted(user) + " is", fix, true}};
    return {};
}

PolicyFindings findWritableRoots(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    const auto* server = subjectAs<ServerManifest>(subject);
    if (server == nullptr || server->base.readOnlyRootFilesystem)
        return {};
    return {{placeIn(*server, "readOnlyRootFilesystem"), "the root file system can be written"}};
}

PolicyFindings findLimits(const PolicySubject& subject, const RuleParameters& parameters, const PolicyContext&)
{
    PolicyFindings found;
    const auto* instance = subjectAs<InstanceSubject>(subject);
    if (instance == nullptr)
        return found;
    const Resources resources = toResources(instance->limits);
    const auto hold = [&](const std::string& field, const std::string& writtenAs, std::int64_t value, auto* text)
    {
        const auto ceiling = parameters.ceilings.find(field);
        if (ceiling != parameters.ceilings.end() && value > ceiling->second.value)
            found.push_back({placeOf(*instance, writtenAs),
                             quoted(field) + " is " + text(value) + ", more than " + text(ceiling->second.value)});
    };
    const auto count = [](std::int64_t value) { return std::to_string(value); };
    hold("memory", "memory", resources.memoryBytes, formatBytes);
    hold("cpus", instance->limits.contains("cpuQuota") ? "cpuQuota" : "cpus", cpusOf(resources), formatNanoCpus);
    hold("pidsLimit", "pidsLimit", resources.pidsLimit, +count);
    return found;
}

PolicyFindings findRestarts(const PolicySubject& subject, const RuleParameters& parameters, const PolicyContext&)
{
    const auto* server = subjectAs<ServerManifest>(subject);
    if (server == nullptr)
        return {};
    const std::string when(toString(server->base.restart.when));
    if (std::find(parameters.allow.begin(), parameters.allow.end(), when) != parameters.allow.end())
        return {};
    return {{placeIn(*server, "restart"), "restart policy " + quoted(when) + " is not among the listed ones"}};
}

}
