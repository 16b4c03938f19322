#include "docker/docker_context.h"

#include "docker/config_file.h"

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

#include <fmt/core.h>

namespace mcpctl::docker
{

namespace
{

std::string contextId(const std::string& name)
{
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(name);
    return Poco::DigestEngine::digestToHex(engine.digest());
}

std::filesystem::path ifExists(const std::filesystem::path& path)
{
    std::error_code error;
    return std::filesystem::exists(path, error) ? path : std::filesystem::path();
}

}

ContextEndpoint readContext(const std::string& name, const Environment& environment)
{
    const auto contexts = environment.dockerConfigFolder() / "contexts";
    const auto meta = readConfigFile(contexts / "meta" / contextId(name) / "meta.json");
    if (!meta.problem.empty())
        throw EndpointError(fmt::format("docker context \"{}\": {}", name, meta.problem));
    if (!meta.object)
        throw EndpointError(
            fmt::format("docker context \"{}\" does not exist below {}; see `docker context ls`, or name "
                        "an engine with --host or DOCKER_HOST",
                        name, contexts.string()));

    const auto endpoints = meta.object->getObject("Endpoints");
    const auto docker = endpoints ? endpoints->getObject("docker") : nullptr;
    if (!docker || stringOf(*docker, "Host").empty())
        throw EndpointError(
            fmt::format("docker context \"{}\" has no docker endpoint in {}", name, meta.path.string()));

    const auto files = contexts / "tls" / contextId(name) / "docker";
    const TlsFiles tls{ifExists(files / "ca.pem"), ifExists(files / "cert.pem"), ifExists(files / "key.pem")};
    const auto skip = docker->get("SkipTLSVerify");
    ContextEndpoint result{.host = stringOf(*docker, "Host"), .verify = !(skip.isBoolean() && skip.convert<bool>())};
    if (tls != TlsFiles{} || !result.verify)
        result.tls = tls;
    return result;
}

}
