#include "model/server_spec.h"

namespace mcpctl
{

std::string secretFilePath(const std::string& name)
{
    return std::string(secretFolder) + "/" + name;
}

std::string_view toString(RestartPolicy::When when)
{
    switch (when)
    {
    case RestartPolicy::When::no:
        return "no";
    case RestartPolicy::When::onFailure:
        return "on-failure";
    case RestartPolicy::When::always:
        return "always";
    case RestartPolicy::When::unlessStopped:
        return "unless-stopped";
    }
    return "";
}

ServerSpec withImageDefaults(ServerSpec wanted, const ImageInfo& image)
{
    for (const auto& [key, value] : image.env)
        wanted.env.try_emplace(key, EnvValue{value, std::nullopt, true});
    // Source: the engine's merge of a container's and an image's configuration.
    // An empty list is, to an engine, no list at all.
    const bool commandGiven = wanted.command && !wanted.command->empty();
    if (!commandGiven)
        wanted.command = wanted.entrypoint ? std::vector<std::string>{} : image.command;
    if (!wanted.entrypoint)
        wanted.entrypoint = image.entrypoint;
    if (!wanted.user)
        wanted.user = image.user;
    return wanted;
}

}
