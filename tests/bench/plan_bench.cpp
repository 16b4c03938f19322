/// CPU and memory of a plan against the in-memory engine: load, validate, observe and diff of 1,000,
/// 10,000 ... instances, all of them running as declared. Prints a table and the growth.
///
///     mcpctl_plan_bench [COUNT...]
#include "apply/apply.h"
#include "diff/diff.h"
#include "load/load.h"
#include "orchestrator/observe.h"
#include "support/memory_orchestrator.h"
#include "validate/validate.h"

#include <fmt/format.h>

#include <sys/resource.h>

#include <cmath>
#include <ctime>
#include <sstream>

using namespace mcpctl;

namespace
{

double cpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double peakMiB()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// One server for every hundred instances, as a large team's folder has it.
std::string manifests(std::size_t count)
{
    const std::size_t servers = std::max<std::size_t>(1, count / 100);
    std::string text;
    for (std::size_t i = 0; i < servers; ++i)
        text += fmt::format("---\napiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {{name: s{}}}\nspec:\n"
                            "  image: mcpctl/echo:1\n  envTemplate: {{A: \"${{config.a}}\", B: fixed}}\n"
                            "  config: {{a: {{type: string, default: x}}}}\n",
                            i);
    text += "---\napiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: p}\nspec:\n  servers:\n";
    for (std::size_t i = 0; i < count; ++i)
        text += fmt::format("    - {{server: s{}, name: i{}, config: {{a: v{}}}, resources: {{memory: 64Mi}}}}\n",
                            i % servers, i, i);
    return text;
}

struct Times
{
    double load, validate, observe, diff;
    double all() const { return load + validate + observe + diff; }
};

Times measure(std::size_t count)
{
    const auto text = manifests(count);
    LoadLimits limits;
    limits.maxFileBytes = limits.maxTotalBytes = text.size() + 1;
    limits.maxNodes = 100 * count + 1000;
    test::World world;
    const auto image = test::imageNamed("echo");
    world.images.emplace(image.info.id, image);
    world.tags.emplace("mcpctl/echo:1", image.info.id);
    test::MemoryOrchestrator engine(std::move(world));

    const auto begin = cpuSeconds();
    std::istringstream in(text);
    const auto loaded = load({"-"}, in, limits);
    const auto afterLoad = cpuSeconds();
    const auto valid = validate(loaded, {ProjectName("bench"), {}});
    const auto afterValidate = cpuSeconds();
    if (hasErrors(valid.diagnostics))
        throw std::runtime_error(renderDiagnostics(valid.diagnostics, loaded.texts));

    ApplyOptions options;
    options.wait = false;
    apply(diff(valid.desired, observe(engine, valid.desired), {}), valid.desired, engine, options, {}, {});

    const auto beforeObserve = cpuSeconds();
    const auto observed = observe(engine, valid.desired);
    const auto afterObserve = cpuSeconds();
    const auto plan = diff(valid.desired, observed, {});
    const auto end = cpuSeconds();
    if (!plan.steps.empty())
        throw std::runtime_error("the second plan is not empty:\n" + renderPlan(plan));
    return {afterLoad - begin, afterValidate - afterLoad, afterObserve - beforeObserve, end - afterObserve};
}

}

int main(int argc, char** argv)
{
    std::vector<std::size_t> counts;
    for (int i = 1; i < argc; ++i)
        counts.push_back(std::stoul(argv[i]));
    if (counts.empty())
        counts = {1000, 10000};

    fmt::print("{:>10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "instances", "load ms", "valid ms", "observe", "diff ms",
               "all ms", "peak MiB");
    double previous = 0;
    for (std::size_t i = 0; i < counts.size(); ++i)
    {
        const auto times = measure(counts[i]);
        fmt::print("{:>10} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.0f}\n", counts[i], times.load * 1e3,
                   times.validate * 1e3, times.observe * 1e3, times.diff * 1e3, times.all() * 1e3, peakMiB());
        if (i > 0)
            fmt::print("{:>10} grows as n^{:.2f}\n", "",
                       std::log(times.all() / previous) /
                           std::log(static_cast<double>(counts[i]) / static_cast<double>(counts[i - 1])));
        previous = times.all();
    }
}
