#include "app/commands.h"
#include "app/engine.h"
#include "app/json.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "model/diagnostic.h"
#include "model/version.h"
#include "validate/schemas.h"

#include <fmt/format.h>

namespace mcpctl
{

ExitCode schemaCommand(const std::string& kind)
{
    std::vector<std::string> kinds;
    for (const auto& [name, text] : embeddedSchemas())
        kinds.emplace_back(name);
    if (kind.empty())
    {
        print(fmt::format("{}\n", fmt::join(kinds, "\n")));
        return ExitCode::done;
    }
    const auto found = embeddedSchemas().find(kind);
    if (found == embeddedSchemas().end())
    {
        const auto near = nearest(kind, kinds);
        throw UsageError(fmt::format("no kind of manifest is called {}{}; there are {}", kind,
                                     near.empty() ? "" : fmt::format(", did you mean {}?", near),
                                     fmt::join(kinds, ", ")));
    }
    print(std::string(found->second));
    return ExitCode::done;
}

ExitCode versionCommand(const GlobalOptions& global)
{
    EngineInfo info;
    std::string away;
    try
    {
        info = openForReading(global).view->getEngineInfo();
    }
    catch (const OrchestratorError& error)
    {
        away = error.what(); // the program's own version is an answer all the same
    }
    if (global.output == OutputFormat::text)
    {
        print(fmt::format("mcpctl {}\n", version));
        print(away.empty() ? fmt::format("engine {} (API {})\n", info.version, info.apiVersion)
                           : "engine: not reached\n");
        return ExitCode::done;
    }
    auto out = jsonObject();
    out->set("version", 1);
    out->set("mcpctl", std::string(version));
    auto engine = jsonObject();
    engine->set("version", info.version);
    engine->set("api", info.apiVersion);
    engine->set("id", info.id);
    engine->set("error", away);
    out->set("engine", engine);
    print(jsonText(*out) + "\n");
    return ExitCode::done;
}

}
