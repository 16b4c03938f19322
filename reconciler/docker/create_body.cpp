#include "docker/create_body.h"

#include "docker/config_files.h"
#include "docker/escapes.h"
#include "docker/labels.h"

#include <Poco/JSON/Array.h>

#include <fmt/format.h>

namespace mcpctl::docker
{

namespace
{

using Poco::JSON::Array;
using Poco::JSON::Object;

template <typename Texts>
Array::Ptr list(const Texts& texts)
{
    Array::Ptr out = new Array;
    for (const auto& text : texts)
        out->add(text);
    return out;
}

Object::Ptr object(const std::map<std::string, std::string>& texts)
{
    Object::Ptr out = new Object;
    for (const auto& [name, text] : texts)
        out->set(name, text);
    return out;
}

void setUnlessZero(Object& to, const std::string& name, std::int64_t value)
{
    if (value != 0)
        to.set(name, value);
}

void setResources(Object& to, const Resources& resources)
{
    setUnlessZero(to, "Memory", resources.memoryBytes);
    // Equal to Memory: no swap on top of it. The engine's own default is as much again.
    setUnlessZero(to, "MemorySwap", resources.memoryBytes);
    setUnlessZero(to, "MemoryReservation", resources.memoryReservationBytes);
    setUnlessZero(to, "NanoCpus", resources.nanoCpus);
    setUnlessZero(to, "CpuShares", resources.cpuShares);
    setUnlessZero(to, "CpuPeriod", resources.cpuPeriodMicros);
    setUnlessZero(to, "CpuQuota", resources.cpuQuotaMicros);
    setUnlessZero(to, "PidsLimit", resources.pidsLimit);
}

Object::Ptr restartPolicy(const RestartPolicy& restart)
{
    const auto name = [&]
    {
        switch (restart.when)
        {
        case RestartPolicy::When::no:
            return "no";
        case RestartPolicy::When::onFailure:
            return "on-failure";
        case RestartPolicy::When::always:
            return "always";
        case RestartPolicy::When::unlessStopped:
            break;
        }
        return "unless-stopped";
    };
    Object::Ptr out = new Object;
    out->set("Name", std::string(name()));
    out->set("MaximumRetryCount", 0);
    return out;
}

Object::Ptr healthcheck(const HealthCheck& health)
{
    Object::Ptr out = new Object;
    if (health.type == HealthCheck::Type::none)
    {
        out->set("Test", list(std::vector<std::string>{"NONE"}));
        return out;
    }
    std::vector<std::string> test{"CMD"};
    test.insert(test.end(), health.command.begin(), health.command.end());
    out->set("Test", list(test));
    out->set("Interval", health.interval.count());
    out->set("Timeout", health.timeout.count());
    out->set("StartPeriod", health.startPeriod.count());
    out->set("Retries", health.retries);
    return out;
}

std::string portKey(const Publication& publication)
{
    return fmt::format("{}/tcp", publication.targetPort);
}

Object::Ptr exposedPorts(const ServerSpec& spec)
{
    Object::Ptr out = new Object;
    for (const auto& publication : spec.publications)
        out->set(portKey(publication), Object::Ptr(new Object));
    return out;
}

Object::Ptr portBindings(const ServerSpec& spec)
{
    Object::Ptr out = new Object;
    for (const auto& publication : spec.publications)
    {
        const auto key = portKey(publication);
        if (!out->has(key))
            out->set(key, Array::Ptr(new Array));
        Object::Ptr binding = new Object;
        binding->set("HostIp", publication.address);
        binding->set("HostPort", std::to_string(publication.hostPort));
        out->getArray(key)->add(binding);
    }
    return out;
}

Array::Ptr mounts(const Launch& launch)
{
    Array::Ptr out = new Array;
    // A volume without a name, which goes with the container: the only place that can be written into from outside
    // under a read-only root.
    if (!launch.spec.configFiles.empty())
    {
        Object::Ptr one = new Object;
        one->set("Target", configFolder(launch.spec.configFiles));
        one->set("Type", std::string("volume"));
        out->add(one);
    }
    for (const auto& [path, mount] : launch.spec.mounts)
    {
        Object::Ptr one = new Object;
        one->set("Source", mount.source);
        one->set("Target", path);
        one->set("ReadOnly", mount.readOnly);
        one->set("Type", std::string(mount.type == Mount::Type::volume ? "volume" : "bind"));
        if (mount.type == Mount::Type::volume)
        {
            Object::Ptr options = new Object;
            options->set("Labels", object(volumeLabels(mount.source, launch.marks.project)));
            one->set("VolumeOptions", options);
        }
        out->add(one);
    }
    return out;
}

Object::Ptr hostConfig(const Launch& launch)
{
    const auto& spec = launch.spec;
    Object::Ptr host = new Object;
    setResources(*host, spec.resources);
    host->set("RestartPolicy", restartPolicy(spec.restart));
    host->set("CapDrop", list(std::vector<std::string>{"ALL"}));
    host->set("CapAdd", list(spec.capabilities));
    host->set("SecurityOpt", list(spec.noNewPrivileges ? std::vector<std::string>{"no-new-privileges:true"}
                                                       : std::vector<std::string>{}));
    host->set("ReadonlyRootfs", spec.readOnlyRootFilesystem);
    host->set("Privileged", false);
    host->set("IpcMode", std::string("private"));
    host->set("CgroupnsMode", std::string("private"));
    host->set("Tmpfs", object(spec.tmpfs));
    host->set("Init", spec.initProcess);
    host->set("Sysctls", object({{std::string(forwardingSysctl), "0"}}));
    host->set("NetworkMode", spec.networks.empty() ? std::string("none") : spec.networks.begin()->first.text);
    host->set("Dns", list(spec.nameServers));
    host->set("DnsOptions", list(spec.nameServerOptions));
    host->set("Mounts", mounts(launch));
    host->set("PortBindings", portBindings(spec));

    Object::Ptr log = new Object;
    log->set("Type", spec.logging.driver);
    log->set("Config", object(spec.logging.options));
    host->set("LogConfig", log);
    return host;
}

Object::Ptr endpoint(const std::set<std::string>& aliases, const std::string& address)
{
    Object::Ptr out = new Object;
    out->set("Aliases", list(aliases));
    if (!address.empty())
    {
        Object::Ptr ipam = new Object;
        ipam->set("IPv4Address", address);
        out->set("IPAMConfig", ipam);
    }
    return out;
}

Object::Ptr networkingConfig(const ServerSpec& spec, bool all)
{
    Object::Ptr endpoints = new Object;
    for (const auto& [network, aliases] : spec.networks)
    {
        const auto address = spec.fixedAddresses.find(network);
        endpoints->set(network.text, endpoint(aliases, address == spec.fixedAddresses.end() ? "" : address->second));
        if (!all)
            break;
    }
    Object::Ptr out = new Object;
    out->set("EndpointsConfig", endpoints);
    return out;
}

}

Object createBody(const Launch& launch, ApiVersion api)
{
    const auto& spec = launch.spec;
    std::vector<std::string> env;
    for (const auto& [name, value] : spec.env)
        env.push_back(name + "=" + value.text);

    Object body;
    body.set("Image", launch.image);
    if (spec.entrypoint)
        body.set("Entrypoint", list(*spec.entrypoint));
    if (spec.command)
        body.set("Cmd", list(*spec.command));
    if (spec.user)
        body.set("User", *spec.user);
    body.set("Env", list(env));
    auto labels = toLabels(launch.marks);
    labels.emplace(label::transport, toLabel(spec.transport));
    if (!spec.configFiles.empty())
        labels.emplace(label::config, configFolder(spec.configFiles));
    body.set("Labels", object(labels));
    body.set("OpenStdin", spec.keepsStdin);
    body.set("StdinOnce", spec.keepsStdin);
    body.set("Tty", false);
    body.set("StopTimeout", spec.stopGracePeriod.count());
    body.set("ExposedPorts", exposedPorts(spec));
    if (spec.health.type == HealthCheck::Type::command || spec.health.type == HealthCheck::Type::none)
        body.set("Healthcheck", healthcheck(spec.health));
    body.set("HostConfig", hostConfig(launch));
    body.set("NetworkingConfig", networkingConfig(spec, api >= severalNetworksAtCreate));
    return body;
}

Object updateBody(const Resources& resources, const RestartPolicy& restart)
{
    Object body = updateBody(restart);
    setResources(body, resources);
    return body;
}

Object updateBody(const RestartPolicy& restart)
{
    Object body;
    body.set("RestartPolicy", restartPolicy(restart));
    return body;
}

Object connectBody(const std::string& id, const std::set<std::string>& aliases, const std::string& address)
{
    Object body;
    body.set("Container", id);
    body.set("EndpointConfig", endpoint(aliases, address));
    return body;
}

}
