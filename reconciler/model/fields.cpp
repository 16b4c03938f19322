#include "model/fields.h"

#include "model/hash.h"
#include "model/quantity.h"

#include <fmt/format.h>

#include <array>

namespace mcpctl
{

namespace
{

using Form = std::map<std::string, std::string>;

Form single(std::string text)
{
    return {{"", std::move(text)}};
}

std::string orNone(std::int64_t value, const std::string& text)
{
    return value == 0 ? "none" : text;
}

/// JSON's quoting, so that a list of arguments has one reading.
std::string quoted(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text)
    {
        if (c == '"' || c == '\\')
            out += '\\';
        if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\u{:04x}", static_cast<int>(c));
        else
            out += c;
    }
    return out + '"';
}

std::string list(const std::vector<std::string>& items)
{
    std::string out;
    for (const auto& item : items)
        out += (out.empty() ? "" : ", ") + quoted(item);
    return "[" + out + "]";
}

Form arguments(const std::optional<std::vector<std::string>>& items)
{
    return single(items ? list(*items) : "as the image says");
}

template <typename Set>
Form members(const Set& set)
{
    Form form;
    for (const auto& item : set)
        form.emplace(item, "yes");
    return form;
}

Form environment(const ServerSpec& spec)
{
    Form form;
    for (const auto& [key, value] : spec.env)
        form.emplace(key, value.text);
    return form;
}

Form secretFiles(const ServerSpec& spec)
{
    Form form;
    for (const auto& [name, value] : spec.secretFiles)
        form.emplace(name, value.text);
    return form;
}

Form mounts(const ServerSpec& spec)
{
    Form form;
    for (const auto& [path, mount] : spec.mounts)
        form.emplace(path, (mount.type == Mount::Type::volume ? "volume " : "host ") + mount.source +
                               (mount.readOnly ? " read-only" : ""));
    return form;
}

Form networks(const ServerSpec& spec)
{
    Form form;
    for (const auto& [network, aliases] : spec.networks)
    {
        const auto address = spec.fixedAddresses.find(network);
        form.emplace(network.text, (aliases.empty() ? "connected" : fmt::format("as {}", fmt::join(aliases, ", "))) +
                                       (address == spec.fixedAddresses.end() ? "" : " at " + address->second));
    }
    return form;
}

/// A text is too long to show; two that differ in it are told apart by its hash.
Form configFiles(const ServerSpec& spec)
{
    Form form;
    for (const auto& [path, text] : spec.configFiles)
        form.emplace(path, sha256Hex(text).substr(0, 12));
    return form;
}

Form publications(const ServerSpec& spec)
{
    Form form;
    for (const auto& publication : spec.publications)
        form.emplace(fmt::format("{}:{}", publication.address, publication.hostPort),
                     fmt::format("to {}", publication.targetPort));
    return form;
}

Form logging(const ServerSpec& spec)
{
    Form form{{"driver", spec.logging.driver}};
    form.insert(spec.logging.options.begin(), spec.logging.options.end());
    return form;
}

/// Only what the engine itself runs is on the engine; the other kinds are mcpctl's own work.
Form health(const ServerSpec& spec)
{
    const auto& check = spec.health;
    if (check.type == HealthCheck::Type::none)
        return single("none");
    if (check.type != HealthCheck::Type::command)
        return single("as the image says");
    return single(fmt::format("{} every {} timeout {} start period {} retries {}", list(check.command),
                              formatDuration(check.interval), formatDuration(check.timeout),
                              formatDuration(check.startPeriod), check.retries));
}

/// Not the engine's business; it is known from the marks, for those who probe what runs.
Form transport(const ServerSpec& spec)
{
    if (spec.transport.type == Transport::Type::stdio)
        return single("stdio");
    if (spec.transport.type == Transport::Type::none)
        return single("none");
    return single(fmt::format("streamable-http on port {}, path {}", spec.transport.port, spec.transport.path));
}

Form nameServers(const ServerSpec& spec)
{
    return single(list(spec.nameServers) + (spec.nameServerOptions.empty() ? "" : " " + list(spec.nameServerOptions)));
}

std::string yesNo(bool value)
{
    return value ? "yes" : "no";
}

// clang-format off
constexpr bool hidesLive = true, guards = true;
constexpr auto table = std::to_array<Field>({
    {"entrypoint", Repair::replace, [](const ServerSpec& s) { return arguments(s.entrypoint); }},
    {"command", Repair::replace, [](const ServerSpec& s) { return arguments(s.command); }},
    {"env", Repair::replace, environment, hidesLive},
    {"secretFiles", Repair::replace, secretFiles, hidesLive},
    {"user", Repair::replace, [](const ServerSpec& s) { return single(s.user ? *s.user : "as the image says"); }, false, guards},
    {"transport", Repair::replace, transport},
    {"stdin", Repair::replace, [](const ServerSpec& s) { return single(s.keepsStdin ? "one client at a time" : "closed"); }},
    {"memory", Repair::limits, [](const ServerSpec& s) { return single(orNone(s.resources.memoryBytes, formatBytes(s.resources.memoryBytes))); }, false, guards},
    {"swap", Repair::limits, [](const ServerSpec& s) { return single(s.resources.swapBytes < 0 ? "unlimited" : formatBytes(s.resources.swapBytes)); }, false, guards},
    {"memoryReservation", Repair::limits, [](const ServerSpec& s) { return single(orNone(s.resources.memoryReservationBytes, formatBytes(s.resources.memoryReservationBytes))); }},
    {"cpus", Repair::limits, [](const ServerSpec& s) { return single(orNone(s.resources.nanoCpus, formatNanoCpus(s.resources.nanoCpus))); }, false, guards},
    {"cpuShares", Repair::limits, [](const ServerSpec& s) { return single(orNone(s.resources.cpuShares, std::to_string(s.resources.cpuShares))); }},
    {"cpuPeriod", Repair::replace, [](const ServerSpec& s) { return single(orNone(s.resources.cpuPeriodMicros, fmt::format("{}us", s.resources.cpuPeriodMicros))); }, false, guards},
    {"cpuQuota", Repair::replace, [](const ServerSpec& s) { return single(orNone(s.resources.cpuQuotaMicros, fmt::format("{}us", s.resources.cpuQuotaMicros))); }, false, guards},
    {"pidsLimit", Repair::limits, [](const ServerSpec& s) { return single(orNone(s.resources.pidsLimit, std::to_string(s.resources.pidsLimit))); }, false, guards},
    {"mounts", Repair::replace, mounts, false, guards},
    {"tmpfs", Repair::replace, [](const ServerSpec& s) { return s.tmpfs; }},
    {"networks", Repair::networks, networks, false, guards},
    {"publish", Repair::replace, publications, false, guards},
    {"configFiles", Repair::reload, configFiles, false, guards},
    {"nameServers", Repair::replace, nameServers, false, guards},
    {"logging", Repair::replace, logging},
    {"restart", Repair::restart, [](const ServerSpec& s) { return single(std::string(toString(s.restart.when))); }},
    {"stopGracePeriod", Repair::replace, [](const ServerSpec& s) { return single(formatDuration(s.stopGracePeriod)); }},
    {"health", Repair::replace, health},
    {"capabilities", Repair::replace, [](const ServerSpec& s) { return members(s.capabilities); }, false, guards},
    {"noNewPrivileges", Repair::replace, [](const ServerSpec& s) { return single(yesNo(s.noNewPrivileges)); }, false, guards},
    {"readOnlyRootFilesystem", Repair::replace, [](const ServerSpec& s) { return single(yesNo(s.readOnlyRootFilesystem)); }, false, guards},
    {"initProcess", Repair::replace, [](const ServerSpec& s) { return single(yesNo(s.initProcess)); }},
    {"escapes", Repair::replace, [](const ServerSpec& s) { return members(s.escapes); }, false, guards},
});
// clang-format on

/// A form as one text without two readings. A secret counts by its name.
std::string canonicalText(const Field& field, const ServerSpec& spec)
{
    auto form = field.form(spec);
    if (field.name == "env")
        for (const auto& [key, value] : spec.env)
            if (value.secretName)
                form[key] = "secret " + *value.secretName;
    if (field.name == "secretFiles")
        for (auto& [name, text] : form)
            text = "secret " + name;
    std::string out;
    for (const auto& [member, value] : form)
        out += fmt::format("{}:{}={}:{};", member.size(), member, value.size(), value);
    return out;
}

}

std::span<const Field> fields()
{
    return table;
}

std::map<std::string, std::string> fieldHashes(const ServerSpec& spec)
{
    std::map<std::string, std::string> hashes;
    for (const auto& field : table)
        hashes.emplace(field.name, sha256Hex(canonicalText(field, spec)).substr(0, 12));
    return hashes;
}

std::string canonicalText(const ServerSpec& spec)
{
    std::string text = "image " + spec.image + "\n";
    for (const auto& field : table)
        text += fmt::format("{} {}\n", field.name, canonicalText(field, spec));
    return text;
}

std::string specHash(const ServerSpec& spec)
{
    std::string text = "v1 image=" + spec.image + "\n";
    for (const auto& field : table)
        // What came later counts where it is used, so that the hashes of what runs stand.
        if (field.repair == Repair::replace && !(field.name == "secretFiles" && spec.secretFiles.empty()))
            text += fmt::format("{} {}\n", field.name, canonicalText(field, spec));
    return sha256Hex(text).substr(0, 32);
}

}
