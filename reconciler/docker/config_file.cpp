#include "docker/config_file.h"

#include "docker/text_file.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Parser.h>

#include <fmt/core.h>

namespace mcpctl::docker
{

ConfigFile readConfigFile(const std::filesystem::path& path)
{
    ConfigFile result{.path = path};
    std::error_code error;
    if (std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found)
        return result;
    const auto text = readTextFile(path);
    if (!text)
    {
        result.problem = fmt::format("cannot read {}", path.string());
        return result;
    }
    try
    {
        result.object = Poco::JSON::Parser().parse(*text).extract<Poco::JSON::Object::Ptr>();
    }
    catch (const Poco::Exception&) // its text may quote the file, and the file may hold passwords
    {
        result.problem = fmt::format("{} is not a JSON object", path.string());
    }
    return result;
}

ConfigFile readDockerConfig(const Environment& environment)
{
    const auto folder = environment.dockerConfigFolder();
    return folder.empty() ? ConfigFile{} : readConfigFile(folder / "config.json");
}

std::string stringOf(const Poco::JSON::Object& object, const std::string& name)
{
    const auto value = object.get(name);
    return value.isString() ? value.extract<std::string>() : std::string();
}

}
