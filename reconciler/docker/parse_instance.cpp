#include "docker/parse_instance.h"

#include "docker/escapes.h"
#include "docker/labels.h"
#include "docker/names.h"
#include "docker/parse_image.h"
#include "docker/parse_mounts.h"
#include "model/fields.h"

#include <algorithm>
#include <charconv>

namespace mcpctl::docker
{

namespace
{

std::string nameOf(const JsonView& json)
{
    const auto name = json.required("Name").text();
    return name.starts_with('/') ? name.substr(1) : name;
}

/// "never" is year 1 to the engine.
std::string time(const JsonView& json)
{
    const auto text = json.text();
    return text.starts_with("0001-01-01") ? "" : text;
}

RunState runState(const JsonView& state)
{
    const auto status = state["Status"].text();
    if (status == "restarting" || state["Restarting"].flag())
        return RunState::restarting;
    if (status == "paused" || state["Paused"].flag())
        return RunState::paused;
    if (status == "running" || state["Running"].flag())
        return RunState::running;
    if (status == "dead" || status == "removing" || state["Dead"].flag())
        return RunState::dead;
    if (status == "created" || status == "configured" || status == "initialized")
        return RunState::created;
    return RunState::exited;
}

Resources parseResources(const JsonView& host)
{
    const auto positive = [&](const char* name) { return std::max<std::int64_t>(host[name].number(), 0); };
    Resources resources;
    resources.memoryBytes = positive("Memory");
    resources.memoryReservationBytes = positive("MemoryReservation");
    resources.nanoCpus = positive("NanoCpus");
    resources.cpuShares = positive("CpuShares");
    resources.cpuPeriodMicros = positive("CpuPeriod");
    resources.cpuQuotaMicros = positive("CpuQuota");
    resources.pidsLimit = positive("PidsLimit");
    return resources;
}

RestartPolicy parseRestart(const JsonView& policy)
{
    const auto name = policy["Name"].text();
    if (name == "always")
        return {RestartPolicy::When::always};
    if (name == "on-failure")
        return {RestartPolicy::When::onFailure};
    if (name == "unless-stopped")
        return {RestartPolicy::When::unlessStopped};
    return {RestartPolicy::When::no};
}

/// Options that a manifest can set. The engine adds its own defaults (dockerd --log-opt) to them.
Logging parseLogging(const JsonView& config)
{
    Logging logging;
    logging.driver = config["Type"].text();
    logging.options.clear();
    for (const auto& [name, value] : config["Config"].textMap())
        if (name == "max-size" || name == "max-file")
            logging.options.emplace(name, value);
    return logging;
}

/// The engine copies an image's check into the container, where it looks like one that was asked for. A check cannot
/// change in the life of a container, so what was asked at its creation (the marks) tells which of the two it is.
bool checkIsTheImages(const Marks& marks)
{
    ServerSpec asImage;
    asImage.health.type = HealthCheck::Type::image;
    const auto made = marks.fieldHashes.find("health");
    return made != marks.fieldHashes.end() && made->second == fieldHashes(asImage).at("health");
}

HealthCheck parseHealth(const JsonView& check, const Marks& marks)
{
    HealthCheck health;
    health.type = HealthCheck::Type::image;
    auto test = check["Test"].texts();
    if (test.empty() || checkIsTheImages(marks))
        return health;
    if (test.front() == "NONE")
    {
        health.type = HealthCheck::Type::none;
        return health;
    }
    health.type = HealthCheck::Type::command;
    if (test.front() == "CMD-SHELL")
        health.command = {"/bin/sh", "-c"};
    health.command.insert(health.command.end(), test.begin() + 1, test.end());
    health.interval = std::chrono::nanoseconds(check["Interval"].number());
    health.timeout = std::chrono::nanoseconds(check["Timeout"].number());
    health.startPeriod = std::chrono::nanoseconds(check["StartPeriod"].number());
    health.retries = static_cast<int>(std::clamp<std::int64_t>(check["Retries"].number(), 0, 1'000'000));
    return health;
}

/// Not networks to connect to, but ways to have none of one's own: an empty set, or an escape.
bool isNoNetwork(const std::string& name)
{
    return name == "none" || name == "host";
}

std::map<NetworkName, std::set<std::string>> parseNetworks(const JsonView& inspection)
{
    const auto ownId = shortId(inspection["Id"].text());
    std::map<NetworkName, std::set<std::string>> out;
    for (const auto& [name, endpoint] : inspection["NetworkSettings"]["Networks"].members())
    {
        if (isNoNetwork(name))
            continue;
        auto& aliases = out[NetworkName(name)];
        for (const auto& alias : endpoint["Aliases"].texts())
            if (alias != ownId) // engines before API 1.45 add it
                aliases.insert(alias);
    }
    return out;
}

std::map<NetworkName, std::string> parseFixedAddresses(const JsonView& inspection)
{
    std::map<NetworkName, std::string> out;
    for (const auto& [name, endpoint] : inspection["NetworkSettings"]["Networks"].members())
        if (const auto address = endpoint["IPAMConfig"]["IPv4Address"].text(); !address.empty())
            out.emplace(name, address);
    return out;
}

std::map<NetworkName, std::string> parseAddresses(const JsonView& inspection)
{
    std::map<NetworkName, std::string> out;
    for (const auto& [name, endpoint] : inspection["NetworkSettings"]["Networks"].members())
    {
        const auto address = endpoint["IPAddress"].text();
        if (const auto shown = address.empty() ? endpoint["GlobalIPv6Address"].text() : address; !shown.empty())
            out.emplace(name, shown);
    }
    return out;
}

/// A port as text; 0 for none, for a range, and for what is no port.
std::uint16_t port(const std::string& text)
{
    std::uint16_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stop == end ? value : 0;
}

std::set<Publication> parsePublications(const JsonView& host)
{
    std::set<Publication> out;
    for (const auto& [key, bindings] : host["PortBindings"].members())
    {
        if (!key.ends_with("/tcp")) // else: an escape
            continue;
        for (const auto& binding : bindings.items())
        {
            const auto address = binding["HostIp"].text();
            out.insert(Publication{address.empty() ? "0.0.0.0" : address, port(binding["HostPort"].text()),
                                   port(key.substr(0, key.size() - 4))});
        }
    }
    return out;
}

ServerSpec parseSpec(const JsonView& inspection, const Marks& marks)
{
    const auto config = inspection.required("Config");
    const auto host = inspection.required("HostConfig");
    ServerSpec spec;
    spec.image = config["Image"].text();
    spec.entrypoint = config["Entrypoint"].texts();
    spec.command = config["Cmd"].texts();
    for (const auto& [name, value] : parseEnvironment(config["Env"]))
        spec.env.emplace(name, EnvValue{value, std::nullopt, true});
    spec.user = config["User"].text();
    const auto labels = config["Labels"].textMap();
    if (const auto transport = labels.find(std::string(label::transport)); transport != labels.end())
        spec.transport = toTransport(transport->second);
    spec.keepsStdin = config["OpenStdin"].flag() && config["StdinOnce"].flag();
    spec.resources = parseResources(host);
    spec.mounts = parseMounts(inspection);
    spec.tmpfs = parseTmpfs(host);
    spec.networks = parseNetworks(inspection);
    spec.fixedAddresses = parseFixedAddresses(inspection);
    spec.publications = parsePublications(host);
    spec.nameServers = host["Dns"].texts();
    spec.nameServerOptions = host["DnsOptions"].texts();
    spec.logging = parseLogging(host["LogConfig"]);
    spec.restart = parseRestart(host["RestartPolicy"]);
    spec.stopGracePeriod = std::chrono::seconds(config["StopTimeout"].number(10));
    spec.health = parseHealth(config["Healthcheck"], marks);
    spec.capabilities = leftCapabilities(host);
    spec.noNewPrivileges = hasNoNewPrivileges(host);
    spec.readOnlyRootFilesystem = host["ReadonlyRootfs"].flag();
    spec.initProcess = host["Init"].flag();
    spec.escapes = findEscapes(host);
    if (spec.networks.size() > 1 && !refusesToForward(host))
        spec.escapes.insert("forwards-between-networks");
    return spec;
}

}

ObservedInstance parseInstance(const JsonView& inspection)
{
    const auto state = inspection.required("State");
    ObservedInstance instance;
    instance.id = inspection.required("Id").text();
    instance.name = nameOf(inspection);
    instance.marks = toMarks(inspection.required("Config")["Labels"].textMap());
    instance.spec = parseSpec(inspection, instance.marks);
    instance.imageId = inspection["Image"].text();
    instance.state = runState(state);
    instance.exitCode = static_cast<int>(std::clamp<std::int64_t>(state["ExitCode"].number(), -1, 1'000'000));
    instance.restarts =
        static_cast<int>(std::clamp<std::int64_t>(inspection["RestartCount"].number(), 0, 1'000'000'000));
    instance.oomKilled = state["OOMKilled"].flag();
    instance.error = state["Error"].text();
    instance.startedAt = time(state["StartedAt"]);
    instance.createdAt = time(inspection["Created"]);
    instance.addresses = parseAddresses(inspection);
    const auto health = state["Health"]["Status"].text();
    instance.health = health == "none" ? "" : health;
    return instance;
}

std::set<NetworkName> findStaleNetworks(const JsonView& inspection, const std::set<std::string>& currentIds,
                                        const std::set<std::string>& currentNames)
{
    std::set<NetworkName> stale;
    for (const auto& [name, endpoint] : inspection["NetworkSettings"]["Networks"].members())
    {
        const auto id = endpoint["NetworkID"].text();
        const bool current = id.empty() ? currentNames.contains(name) : currentIds.contains(id);
        if (!current && !isNoNetwork(name))
            stale.insert(NetworkName(name));
    }
    return stale;
}

std::int64_t swapBeyondMemory(const JsonView& inspection, bool limitsSwap)
{
    const auto memory = inspection["HostConfig"]["Memory"].number();
    const auto withSwap = inspection["HostConfig"]["MemorySwap"].number();
    if (!limitsSwap || memory <= 0)
        return 0;
    if (withSwap < 0)
        return -1;
    // 0: the engine's default, as much swap as memory.
    return withSwap == 0 ? memory : std::max<std::int64_t>(withSwap - memory, 0);
}

}
