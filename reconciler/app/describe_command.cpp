#include "app/commands.h"
#include "app/describe.h"
#include "app/engine.h"
#include "app/json.h"
#include "app/pipeline.h"
#include "app/probe_all.h"
#include "app/report.h"
#include "app/select_instances.h"
#include "app/terminal.h"

#include <unistd.h>

#include <iostream>

namespace mcpctl
{

namespace
{

/// What the manifests at hand would make of the instance now: the plan that apply would run, and of it what is
/// for this instance.
Description::Declared declaredOf(const std::string& name, const Declared& declared, const GlobalOptions& global,
                                 const OrchestratorView& view)
{
    auto plan = decide(declared, global, {}, view).plan;
    std::erase_if(plan.steps, [&name](const Step& step) { return step.object != name; });
    std::erase_if(plan.notes, [&name](const std::string& note) { return !note.starts_with(name + ":"); });
    plan.ownedInstances = 1;
    const auto found = declared.desired.instances.find(InstanceName(name));
    return {found == declared.desired.instances.end() ? SourcePos{} : found->second.place, std::move(plan)};
}

}

ExitCode describeCommand(const GlobalOptions& global, const DescribeOptions& options)
{
    const auto engine = openForActing(global); // to ask a server is to act
    const auto& view = *engine.orchestrator;
    const auto instance =
        selectInstances(view.listInstances(ProjectName(global.project)).ours, {options.instance}).front();
    auto description = describe(view, instance);
    const auto probes = probeAll(*engine.orchestrator, {instance});
    if (const auto found = probes.find(instance.id); found != probes.end())
        description.mcp = found->second;

    bool valid = true;
    if (!options.paths.empty())
    {
        const auto declared = declare(global, options.paths, std::cin);
        sayDiagnostics(declared);
        valid = declared.valid();
        if (valid)
            description.declared = declaredOf(description.instance.name, declared, global, view);
        else
            say("what a plan would change is not told while a manifest has an error\n");
    }
    print(global.output == OutputFormat::json ? jsonText(*toJson(description)) + "\n"
                                              : renderDescription(description, wantsColour(STDOUT_FILENO)));
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    return valid ? ExitCode::done : ExitCode::invalid;
}

}
