#include "docker/parse_image.h"

namespace mcpctl::docker
{

ImageInfo parseImage(const JsonView& inspection)
{
    const auto config = inspection["Config"];
    ImageInfo image;
    image.id = inspection.required("Id").text();
    image.repoDigests = inspection["RepoDigests"].texts();
    image.env = parseEnvironment(config["Env"]);
    image.entrypoint = config["Entrypoint"].texts();
    image.command = config["Cmd"].texts();
    image.user = config["User"].text();
    for (const auto& [path, unused] : config["Volumes"].members())
        image.volumePaths.insert(path);
    const auto test = config["Healthcheck"]["Test"].texts();
    image.hasHealthCheck = !test.empty() && test.front() != "NONE";
    return image;
}

std::map<std::string, std::string> parseEnvironment(const JsonView& list)
{
    std::map<std::string, std::string> out;
    for (const auto& item : list.texts())
        if (const auto equals = item.find('='); equals != std::string::npos)
            out.insert_or_assign(item.substr(0, equals), item.substr(equals + 1));
    return out;
}

}
