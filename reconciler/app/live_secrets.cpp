#include "app/live_secrets.h"

namespace mcpctl
{

Scrubber liveSecrets(const OrchestratorView& view, const ObservedInstance& instance)
{
    const auto image = view.inspectImage(instance.imageId);
    DesiredState secrets;
    auto& spec = secrets.instances[InstanceName(instance.name)].spec;
    for (const auto& [name, value] : instance.spec.env)
    {
        const auto brought = image ? image->env.find(name) : decltype(image->env.find(name)){};
        if (image && brought != image->env.end() && brought->second == value.text)
            continue;
        spec.env[name] = {value.text, name, true};
    }
    return Scrubber(secrets);
}

}
