#include "validate/instance_builder.h"

#include "model/gateways.h"
#include "validate/fetching.h"
#include "validate/paths.h"
#include "validate/read_server.h"
#include "validate/references.h"

namespace mcpctl
{

namespace
{

class InstanceBuilder
{
public:
    InstanceBuilder(const ServerManifest& server, const ProfileEntry& entry, const ProfileFrame& frame)
        : server_(server), entry_(entry), frame_(frame)
    {
        instance_.name = fullName(frame.project, frame.profile.name, entry);
        instance_.server = server.name;
        instance_.profile = frame.profile.name;
        instance_.shortName = entry.name.text;
        instance_.enabled = entry.enabled;
        instance_.pruneDisabled = server.pruneDisabled;
        instance_.pullPolicy = server.pullPolicy;
        instance_.spec = server.base;
        instance_.place = entry.place;
        instance_.fieldPlaces = server.fieldPlaces;
    }

    Found<DesiredInstance> build()
    {
        fillValues();
        instance_.spec.entrypoint = expandAll(server_.entrypoint);
        instance_.spec.command = expandAll(server_.command);
        instance_.spec.health.command = expandAll(server_.healthCommand).value_or(std::vector<std::string>{});
        mergeEnvironment();
        mergeLimitsOfBoth();
        mountVolumes();
        checkSecretFiles();
        joinNetworks();
        publish();
        warnWithoutWayOut();
        return {std::move(instance_), std::move(diagnostics_)};
    }

private:
    void append(const Diagnostics& more) { diagnostics_.insert(diagnostics_.end(), more.begin(), more.end()); }

    void reportMissing(const std::string& name)
    {
        diagnostics_.push_back(makeError(
            entry_.place, "missing-parameter",
            "parameter " + quoted(name) + " of server " + quoted(server_.name.text) + " has no value",
            "set it under `config`, or give it a default in the server", {server_.parameters.at(name).place}));
    }

    void fillValues()
    {
        values_.profileName = instance_.profile.text;
        values_.serverName = instance_.server.text;
        values_.instanceName = instance_.name.text;
        for (const auto& [name, parameter] : server_.parameters)
        {
            if (parameter.defaultText)
                values_.config[name] = *parameter.defaultText;
            else if (parameter.required && !entry_.config[name])
                reportMissing(name);
        }
        for (const Node& value : entry_.config.members())
            setParameter(value);
    }

    void setParameter(const Node& value)
    {
        const auto parameter = server_.parameters.find(value.key());
        if (parameter == server_.parameters.end())
        {
            const auto names = namesOf(server_.parameters);
            diagnostics_.push_back(makeError(
                value.place(), "unknown-parameter",
                "server " + quoted(server_.name.text) + " has no parameter " + quoted(value.key()),
                names.empty() ? "it has no parameters at all" : suggestion(value.key(), {names.begin(), names.end()}),
                {server_.place}));
            return;
        }
        auto text = parameterText(value.key(), parameter->second, value);
        append(text.diagnostics);
        values_.config[value.key()] = std::move(text.value);
    }

    std::string expandOne(const Template& parsed)
    {
        auto expansion = expand(parsed, values_);
        for (const auto& name : expansion.missing)
            reportMissing(name);
        return std::move(expansion.text);
    }

    std::optional<std::vector<std::string>> expandAll(const Arguments& arguments)
    {
        if (!arguments)
            return std::nullopt;
        std::vector<std::string> result;
        result.reserve(arguments->size());
        for (const Template& argument : *arguments)
            result.push_back(expandOne(argument));
        return result;
    }

    void setVariable(const std::string& name, const WrittenEnv& written)
    {
        EnvValue value;
        instance_.fieldPlaces["env." + name] = written.place;
        if (written.asFile)
        {
            value.text = secretFilePath(*written.secretName);
            instance_.spec.env[name] = std::move(value);
            instance_.spec.secretFiles[*written.secretName] = EnvValue{"", written.secretName, false};
            instance_.fieldPlaces["secretFiles." + *written.secretName] = written.place;
            return;
        }
        value.secretName = written.secretName;
        value.resolved = !written.secretName;
        if (!written.secretName)
            value.text = expandOne(written.value);
        instance_.spec.env[name] = std::move(value);
    }

    /// The files have to belong to somebody whom the host can name, and to be where the variables say.
    void checkSecretFiles()
    {
        const ServerSpec& spec = instance_.spec;
        if (spec.secretFiles.empty())
            return;
        const auto& place = instance_.fieldPlaces.at("secretFiles." + spec.secretFiles.begin()->first);
        const auto user = spec.user.value_or("");
        if (user.empty() || user.find_first_not_of("0123456789:") != std::string::npos)
            diagnostics_.push_back(makeError(place, "secret-file-user",
                                             "`as: file` needs `security.user` as a number, for only that user gets to "
                                             "read the file",
                                             "set `security: {user: \"1000:1000\"}`, or whom the image runs as"));
        for (const auto& [path, mount] : spec.mounts)
            if (isAtOrBelow(path, secretFolder))
                diagnostics_.push_back(makeError(instance_.placeOf("mounts"), "secret-file-mount",
                                                 quoted(path) + " is where the files of secrets are",
                                                 "mount it elsewhere", {place}));
    }

    void mergeEnvironment()
    {
        for (const auto& [name, written] : server_.env)
            if (!entry_.env[name]) // what is not used needs not be complete
                setVariable(name, written);
        if (!entry_.env)
            return;
        instance_.fieldPlaces["env"] = entry_.env.place();
        const auto parameters = namesOf(server_.parameters);
        for (const Node& value : entry_.env.members())
        {
            const auto written = readEnvValue(value, parameters);
            append(written.diagnostics);
            if (!hasErrors(written.diagnostics))
                setVariable(value.key(), written.value);
        }
    }

    void mergeLimitsOfBoth()
    {
        const Limits merged = mergeLimits(server_.limits, entry_.limits);
        append(checkLimits(merged));
        instance_.spec.resources = toResources(merged);
        for (const auto& [field, limit] : merged)
            instance_.fieldPlaces[field] = limit.place;
    }

    void mountVolumes()
    {
        for (const Volume& volume : server_.volumes)
        {
            Mount mount;
            mount.type = volume.name.empty() ? Mount::Type::hostPath : Mount::Type::volume;
            mount.source = volume.name.empty() ? normalPath(volume.hostPath) : instance_.name.text + "-" + volume.name;
            mount.readOnly = volume.readOnly;
            instance_.spec.mounts[normalPath(volume.mountPath)] = std::move(mount);
        }
    }

    /// `INSTANCE.PROFILE.PROJECT`: unique on a network that all projects share.
    std::string longAlias() const
    {
        return instance_.shortName + "." + instance_.profile.text + "." + frame_.project.text;
    }

    void joinNetworks()
    {
        if (frame_.profile.networksPlace)
            instance_.fieldPlaces["networks"] = *frame_.profile.networksPlace;
        for (const auto& network : frame_.networks.all)
        {
            auto& aliases = instance_.spec.networks[network.name];
            aliases.insert(longAlias());
            if (network.declared)
                aliases.insert(instance_.shortName);
        }
        if (frame_.networks.egress)
            instance_.spec.networks[egressNetwork(instance_.name)];
        if (instance_.spec.networks.empty() || frame_.networks.wayOut)
            return;
        // Older engines answer outside names even on internal networks (CVE-2024-29018). Names of peers
        // are still found: the engine looks those up itself.
        instance_.spec.nameServers = {"127.0.0.1"};
        instance_.spec.nameServerOptions = {"timeout:1", "attempts:1"};
    }

    void publish()
    {
        if (!server_.publish)
            return;
        const SourcePos& place = server_.fieldPlaces.at("publish");
        if (frame_.networks.all.empty())
        {
            diagnostics_.push_back(
                makeError(place, "publish-without-network",
                          "`publish` needs a network, and profile " + quoted(instance_.profile.text) + " allows none",
                          "", {frame_.profile.networksPlace.value_or(frame_.profile.place)}));
            return;
        }
        instance_.spec.networks[ingressNetwork(instance_.name)] = {longAlias()};
    }

    void warnWithoutWayOut()
    {
        const ServerSpec& spec = instance_.spec;
        if (frame_.networks.wayOut || frame_.networks.egress || !spec.readOnlyRootFilesystem)
            return;
        const std::vector<std::string> none;
        for (const auto& [field, arguments] :
             {std::pair("entrypoint", spec.entrypoint), std::pair("command", spec.command)})
            if (fetchesPackage(arguments.value_or(none)))
                diagnostics_.push_back(
                    makeWarning(instance_.fieldPlaces.at(field), "needs-network",
                                quoted(arguments->front()) +
                                    " fetches a package when it starts, and cannot: no way out and a read-only root",
                                "use an image that carries the package"));
    }

    const ServerManifest& server_;
    const ProfileEntry& entry_;
    const ProfileFrame& frame_;
    TemplateValues values_;
    DesiredInstance instance_;
    Diagnostics diagnostics_;
};

}

Found<DesiredInstance> buildInstance(const ServerManifest& server, const ProfileEntry& entry, const ProfileFrame& frame)
{
    return InstanceBuilder(server, entry, frame).build();
}

}
