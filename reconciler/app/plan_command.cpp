#include "app/commands.h"
#include "app/engine.h"
#include "app/json.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "app/saved_plan.h"
#include "app/terminal.h"

#include <fmt/format.h>

#include <unistd.h>

#include <iostream>

namespace mcpctl
{

namespace
{

ExitCode detailed(const PlanSummary& summary, const Plan& plan)
{
    if (plan.steps.empty())
        return ExitCode::done;
    return static_cast<std::size_t>(summary.driftOnly) == plan.steps.size() ? ExitCode::driftOnly
                                                                            : ExitCode::changesPending;
}

/// What `plan` prints where it is asked for a report: the findings of the manifests first.
std::string planReport(OutputFormat format, const Declared& declared, const Plan& plan)
{
    auto report = reportOf("mcpctl plan", declared);
    if (format == OutputFormat::markdown)
        return (report.diagnostics.empty() ? "" : markdownReport(report) + "\n") + markdownPlan(plan);
    const auto steps = findingsOf(plan);
    report.diagnostics.insert(report.diagnostics.end(), steps.begin(), steps.end());
    return renderReport(format, report);
}

}

ExitCode planCommand(const GlobalOptions& global, const ReconcileOptions& options)
{
    const auto declared = declare(global, options.paths, std::cin);
    // In a report they stand already, and a runner would take source lines for commands of its own.
    if (!isReport(global.output))
        sayDiagnostics(declared);
    if (!declared.valid())
    {
        if (isReport(global.output))
            print(renderReport(global.output, reportOf("mcpctl plan", declared)));
        say("nothing is planned while a manifest has an error\n");
        return ExitCode::invalid;
    }
    const auto engine = openForReading(global);
    const auto decision = decide(declared, global, options, *engine.view);
    const auto summary = summarize(decision.plan);

    if (global.output == OutputFormat::json)
        print(jsonText(*planToJson(decision.plan)) + "\n");
    else if (isReport(global.output))
        print(planReport(global.output, declared, decision.plan));
    else
        print(renderPlan(decision.plan, wantsColour(STDOUT_FILENO)));
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    if (decision.guard)
        say(fmt::format("this plan would be stopped: {}\n", *decision.guard));
    if (options.saveTo)
        savePlan(*options.saveTo, decision.plan, options);

    if (decision.guard)
        return ExitCode::pruneGuard;
    if (summary.blocked > 0)
        return ExitCode::failed;
    return options.detailedExitCode ? detailed(summary, decision.plan) : ExitCode::done;
}

}
