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
    std::vector<std::string> secrets;
    for (const auto& [name, value] : instance.spec.env)
        if (!image || !bringsAlong(*image, name, value.text))
            secrets.push_back(value.text);
    for (const auto& [name, value] : instance.spec.secretFiles)
        secrets.push_back(value.text);
    return Scrubber(secrets);
}

}
