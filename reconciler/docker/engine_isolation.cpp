#include "docker/engine_reader.h"
#include "docker/kernel_view.h"
#include "docker/names.h"
#include "docker/translate_error.h"

namespace mcpctl::docker
{

namespace
{

void addTexts(std::vector<std::string>& to, const JsonView& config)
{
    for (const auto* list : {"Env", "Cmd", "Entrypoint", "OnBuild"})
        for (const auto& text : config[list].texts())
            to.push_back(text);
    for (const auto& [name, text] : config["Labels"].textMap())
        to.push_back(text);
}

/// Of an image that is gone there is nothing to tell.
std::vector<std::string> imageTexts(const ReadClient& client, const std::string& image)
{
    const std::string what = "inspect image " + image;
    const auto ask = [&](const std::string& path)
    {
        const Request request{.path = path, .what = what, .accept = {404}};
        return translated([&] { return client.getJson(request); });
    };
    std::vector<std::string> out;
    const auto inspection = ask("/images/" + image + "/json");
    addTexts(out, inspection["Config"]);
    addTexts(out, inspection["ContainerConfig"]); // of the builder's last step, on old engines
    if (const auto history = ask("/images/" + image + "/history"); history.present())
        for (const auto& layer : history.items())
            for (const auto* member : {"CreatedBy", "Comment"})
                out.push_back(layer[member].text());
    return out;
}

}

Isolation EngineReader::isolation(const std::string& id) const
{
    const auto found = inspect(id);
    if (!found)
        throw OrchestratorError(OrchestratorError::Kind::notFound, "inspect container " + shortId(id) + ": it is gone");
    const auto& instance = found->instance;
    return {instance, readKernel(found->json["State"]["Pid"].number(), instance.id, client_->endpoint().socketPath),
            instance.imageId.empty() ? std::vector<std::string>{} : imageTexts(*client_, instance.imageId)};
}

}
