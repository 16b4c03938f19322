#include "docker/launch_instance.h"

#include "docker/create_body.h"
#include "docker/names.h"
#include "docker/parse_instance.h"
#include "model/fields.h"

#include <fmt/format.h>

namespace mcpctl::docker
{

namespace
{

using Kind = OrchestratorError::Kind;

std::string shown(const std::map<std::string, std::string>& form)
{
    std::vector<std::string> parts;
    parts.reserve(form.size());
    for (const auto& [member, text] : form)
        parts.push_back(member.empty() ? text : member + " " + text);
    return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", "));
}

Inspection readBack(const EngineReader& reader, const std::string& id)
{
    auto found = reader.inspectWithConfig(id);
    if (!found)
        throw OrchestratorError(Kind::notFound,
                                fmt::format("container {} was removed as soon as it was made", shortId(id)));
    return std::move(*found);
}

/// On an engine that takes one network at creation, the others.
void connectOthers(ContainerCalls& calls, const EngineReader& reader, const std::string& id, const ServerSpec& spec)
{
    const auto there = readBack(reader, id).instance.spec.networks;
    for (const auto& [network, aliases] : spec.networks)
        if (!there.contains(network))
        {
            const auto address = spec.fixedAddresses.find(network);
            calls.connect(id, network, aliases, address == spec.fixedAddresses.end() ? "" : address->second);
        }
}

/// Files of secrets come by a mount that no manifest can ask for.
Launch withSecretFiles(const EngineReader& reader, Launch launch)
{
    const auto refuse = [](const std::string& why)
    { throw OrchestratorError(Kind::failed, "files of secrets: " + why + "; hand them over as variables"); };
    if (!reader.isOnThisHost())
        refuse(fmt::format("mcpctl has to run on the engine's host for them, and {} is not known to be it",
                           reader.client().endpoint().text()));
    if (reader.mapsUsers())
        refuse("the users of this engine's containers are others on the host (rootless or userns-remap)");
    const auto folder = writeSecretFiles(reader.secrets(), reader.engineInfo().id, launch);
    launch.spec.mounts[std::string(secretFolder)] = Mount{Mount::Type::hostPath, folder, true};
    return launch;
}

ContainerCalls::Created createWithSecrets(ContainerCalls& calls, const EngineReader& reader, const Launch& launch,
                                          const std::string& name, const std::string& oldId)
{
    if (launch.spec.secretFiles.empty())
        return calls.create(name, launch);
    const auto placed = withSecretFiles(reader, launch);
    const std::filesystem::path folder = placed.spec.mounts.at(std::string(secretFolder)).source;
    try
    {
        auto created = calls.create(name, placed);
        // It may be one that an earlier try made, with another folder.
        std::set<std::filesystem::path> kept;
        for (const auto& id : {created.id, oldId})
            if (const auto found = id.empty() ? std::nullopt : reader.inspect(id))
                kept.insert(found->secretsFolder);
        removeOtherSecretFiles(folder, kept);
        return created;
    }
    catch (const OrchestratorError&)
    {
        removeSecretFiles(reader.secrets(), folder);
        throw;
    }
}

void verify(const EngineReader& reader, const Launch& launch, const std::string& what,
            const ContainerCalls::Created& created)
{
    const auto live = readBack(reader, created.id);
    const auto image = reader.image(live.instance.imageId);
    if (!image)
        throw OrchestratorError(Kind::notFound, fmt::format("{}: its image is gone", what));

    const auto lines = mismatches(withImageDefaults(launch.spec, *image), live.instance.spec);
    if (!lines.empty())
        throwNotEnforced(what, lines, created.warnings);
}

}

std::vector<std::string> mismatches(const ServerSpec& asked, const ServerSpec& live,
                                    const std::set<std::string_view>& names)
{
    std::vector<std::string> lines;
    for (const auto& field : fields())
    {
        if (names.empty() ? !field.guards : !names.contains(field.name))
            continue;
        const auto wanted = field.form(asked);
        const auto there = field.form(live);
        if (wanted == there)
            continue;
        // Secret values may stand in such a form.
        lines.push_back(field.hidesLive ? fmt::format("{}: not as asked", field.name)
                                        : fmt::format("{}: asked {}, got {}", field.name, shown(wanted), shown(there)));
    }
    return lines;
}

void throwNotEnforced(const std::string& what, const std::vector<std::string>& lines,
                      const std::vector<std::string>& warnings)
{
    std::string text =
        fmt::format("{}: the engine did not put in force what was asked: {}", what, fmt::join(lines, "; "));
    if (!warnings.empty())
        text += fmt::format("; the engine says: {}", fmt::join(warnings, "; "));
    throw OrchestratorError(Kind::notEnforced, text);
}

void orRemove(ContainerCalls& calls, const std::string& id, const std::function<void()>& action)
{
    try
    {
        action();
    }
    catch (const OrchestratorError& error)
    {
        try
        {
            calls.remove(id);
        }
        catch (const OrchestratorError& second)
        {
            throw OrchestratorError(error.kind(), fmt::format("{}; and what was made of it could not be removed: {}",
                                                              error.what(), second.what()));
        }
        throw;
    }
}

std::string makeInstance(ContainerCalls& calls, const EngineReader& reader, const Launch& launch,
                         const std::string& name, const std::string& oldId)
{
    const auto created = createWithSecrets(calls, reader, launch, name, oldId);
    orRemove(calls, created.id,
             [&]
             {
                 if (launch.spec.networks.size() > 1)
                     connectOthers(calls, reader, created.id, launch.spec);
                 if (!launch.spec.configFiles.empty())
                     calls.writeConfig(created.id, launch.spec.configFiles);
                 verify(reader, launch, "create container " + name, created);
             });
    return created.id;
}

}
