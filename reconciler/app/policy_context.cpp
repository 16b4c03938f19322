#include "app/policy_context.h"

#include "docker/endpoint.h"
#include "docker/environment.h"

#include <filesystem>

namespace mcpctl
{

namespace
{

std::optional<std::string> resolveHere(const std::string& path)
{
    std::error_code error;
    const auto resolved = std::filesystem::weakly_canonical(path, error);
    return error ? std::nullopt : std::optional(resolved.string());
}

}

PolicyContext policyContext(const GlobalOptions& global)
{
    PolicyContext context;
    context.today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    try
    {
        const auto endpoint = docker::resolveEndpoint(global.host, docker::Environment::ofProcess());
        if (endpoint.isOnThisHost())
        {
            context.engineSocket = endpoint.socketPath;
            context.resolve = resolveHere;
        }
    }
    catch (const docker::EndpointError&)
    {
        // Checking manifests needs no engine; what depends on one cannot be told, and is denied.
    }
    return context;
}

}
