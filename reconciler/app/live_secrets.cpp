#include "app/live_secrets.h"

namespace mcpctl
{

namespace
{

bool bringsAlong(const ImageInfo& image, const std::string& name, const std::string& value)
{
    const auto found = image.env.find(name);
    return found != image.env.end() && found->second == value;
}

}

Scrubber liveSecrets(const OrchestratorView& view, const ObservedInstance& instance)
{
    const auto image = view.inspectImage(instance.imageId);
    DesiredState secrets;
    auto& spec = secrets.instances[InstanceName(instance.name)].spec;
    for (const auto& [name, value] : instance.spec.env)
    {
        if (!image || !bringsAlong(*image, name, value.text))
            spec.env[name] = {value.text, name, true};
    }
    return Scrubber(secrets);
}

}
