#include "app/commands.h"
#include "app/engine.h"
#include "app/report.h"
#include "app/select_instances.h"
#include "docker/endpoint.h"
#include "docker/environment.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace mcpctl
{

namespace
{

/// What `attach` needs to find the same project and engine when a client calls it, whose environment is another.
ConnectContext contextOf(const GlobalOptions& global, const ConnectOptions& options)
{
    ConnectContext context;
    context.command =
        options.command.empty() ? std::filesystem::read_symlink("/proc/self/exe").string() : options.command;
    if (global.project != GlobalOptions().project)
        context.options = {"--project", global.project};
    const auto variable = [](const char* name)
    {
        const char* value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    };
    if (const auto host = global.host.value_or(variable("DOCKER_HOST")); !host.empty())
        context.options.insert(context.options.end(), {"--host", host});
    for (const auto* name : {"DOCKER_CERT_PATH", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY"})
        if (const auto value = variable(name); !value.empty())
            context.environment.emplace(name, value);
    const auto endpoint = docker::resolveEndpoint(global.host, docker::Environment::ofProcess());
    if (endpoint.scheme == docker::Endpoint::Scheme::tcp && endpoint.host != "127.0.0.1" &&
        endpoint.host != "localhost")
        context.engineHost = endpoint.host;
    return context;
}

/// Those that are named, else all that run; of one profile, if that is named.
std::vector<ObservedInstance> chosen(const std::vector<ObservedInstance>& servers, const ConnectOptions& options)
{
    auto out = options.profile.empty() ? settledInstances(servers) : selectProfile(servers, options.profile);
    if (!options.instances.empty())
        return selectInstances(out, options.instances);
    std::erase_if(out, [](const auto& each) { return each.state != RunState::running; });
    return out;
}

}

ExitCode connectConfigCommand(const GlobalOptions& global, const ConnectOptions& options)
{
    const auto engine = openForReading(global);
    const auto instances = chosen(asPublished(engine.view->listInstances(ProjectName(global.project)).ours), options);
    const auto config = connectConfig(options.client, instances, contextOf(global, options));
    say(fmt::format("for {}:\n", config.file));
    print(config.text);
    for (const auto& note : config.notes)
        say(note + "\n");
    for (const auto& [name, why] : config.leftOut)
        say(fmt::format("left out: {}: {}\n", name, why));
    if (config.leftOut.size() == instances.size())
        say("no server runs that this client could reach\n");
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    const bool notAsAsked = !options.instances.empty() && !config.leftOut.empty();
    return notAsAsked ? ExitCode::failed : ExitCode::done;
}

}
