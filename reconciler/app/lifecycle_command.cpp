#include "app/commands.h"
#include "app/engine.h"
#include "app/json.h"
#include "app/lock.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "app/select_instances.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

/// What happens to the hand's work, for who did it.
std::string afterwards(LifecycleVerb verb)
{
    if (verb == LifecycleVerb::stop)
        return "stopped until `mcpctl start` or the next apply, which restores the declared state; "
               "`enabled: false` in the profile keeps a server stopped\n";
    if (verb == LifecycleVerb::start)
        return "the next apply restores the declared state: `enabled: false` in the profile would stop it again\n";
    return "";
}

std::string shown(const Outcome& outcome)
{
    if (outcome.result != Outcome::Result::done)
        return fmt::format("{}: {} {}: {}\n", outcome.object, outcome.verb, toString(outcome.result), outcome.error);
    const auto past = outcome.verb + (outcome.verb == toString(LifecycleVerb::stop) ? "ped" : "ed");
    return fmt::format("{} {} ({:.1f} s)\n", past, outcome.object, static_cast<double>(outcome.took.count()) / 1000.0);
}

/// What bears a name that was asked for and is not ours deserves more than "there is no such instance".
std::vector<ObservedInstance> chosen(const Listing& listing, const std::vector<std::string>& names)
{
    for (const auto& foreign : listing.foreign)
        if (std::find(names.begin(), names.end(), foreign.name) != names.end())
            throw UsageError(fmt::format("{} is not this project's, and is not touched{}", foreign.name,
                                         foreign.why.empty() ? "" : ": " + foreign.why));
    return selectInstances(listing.ours, names);
}

}

ExitCode lifecycleCommand(const GlobalOptions& global, LifecycleVerb verb, const std::vector<std::string>& names,
                          const LifecycleOptions& options, const std::stop_token& stop)
{
    const bool json = global.output == OutputFormat::json;
    const auto engine = openForActing(global);
    const ProjectName project(global.project);
    const Lock lock(lockFolder(), engine.orchestrator->getEngineInfo().id, global.project, std::string(toString(verb)));
    // From here on nobody else of this project changes the engine.
    const auto instances = chosen(engine.orchestrator->listInstances(project), names);
    const auto outcomes = runLifecycle(
        verb, instances, project, *engine.orchestrator, options,
        [json](const Outcome& outcome)
        {
            if (!json)
                print(shown(outcome));
        },
        stop);
    if (json)
    {
        auto out = jsonObject();
        out->set("version", 1);
        out->set("project", global.project);
        out->set("outcomes", toJson(outcomes));
        print(jsonText(*out) + "\n");
    }
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    const auto code = exitCodeOf(outcomes);
    if (code == ExitCode::done)
        say(afterwards(verb));
    return code;
}

}
