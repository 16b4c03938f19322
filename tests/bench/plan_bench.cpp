/// CPU and memory of a plan against the in-memory engine: load, validate, observe and diff of 1,000, 10,000 ...
/// instances, all of them running as declared. Prints a table and the growth. The memory is what the plan takes at its
/// peak, on top of the engine's.
///
///     mcpctl_plan_bench [COUNT...]
#include "apply/apply.h"
#include "diff/diff.h"
#include "load/load.h"
#include "orchestrator/observe.h"
#include "support/memory_orchestrator.h"
#include "support/temporary_folder.h"
#include "system/memory.h"
#include "validate/validate.h"

#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <fstream>
#include <limits>
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

/// Resident memory of this process, now or at its peak (`VmHWM`).
double residentMiB(const std::string& name)
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name + ":"))
            return std::stod(line.substr(name.size() + 1)) / 1024;
    throw std::runtime_error("/proc/self/status has no " + name);
}

/// The peak becomes what is resident now.
void forgetPeak()
{
    returnFreedMemory();
    std::ofstream("/proc/self/clear_refs") << 5;
}

/// As a large team's folder has it: one file with a server and a profile for every hundred instances.
class Folder
{
public:
    explicit Folder(std::size_t count)
    {
        for (std::size_t first = 0; first < count; first += perFile)
        {
            const auto number = first / perFile;
            std::ofstream out(folder_.path() / fmt::format("f{}.yaml", number));
            out << fmt::format(
                "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {{name: s{0}}}\nspec:\n"
                "  image: mcpctl/echo:1\n  envTemplate: {{A: \"${{config.a}}\", B: fixed}}\n"
                "  config: {{a: {{type: string, default: x}}}}\n"
                "---\napiVersion: mcpctl/v1\nkind: Profile\nmetadata: {{name: p{0}}}\nspec:\n  servers:\n",
                number);
            for (std::size_t i = first; i < std::min(first + perFile, count); ++i)
                out << fmt::format(
                    "    - {{server: s{}, name: i{}, config: {{a: v{}}}, resources: {{memory: 64Mi}}}}\n", number, i,
                    i);
        }
    }

    std::string path() const { return folder_.path().string(); }

private:
    static constexpr std::size_t perFile = 100;
    test::TemporaryFolder folder_;
};

struct Figures
{
    double load, validate, observe, diff; ///< seconds of CPU
    double memory;                        ///< MiB at the peak, without the engine's
    double all() const { return load + validate + observe + diff; }
};

Validated read(const Folder& folder, double& afterLoad)
{
    LoadLimits limits; // without those on all files together
    limits.maxTotalBytes = limits.maxTotalNodes = std::numeric_limits<std::size_t>::max();
    std::istringstream noInput;
    const auto loaded = load({folder.path()}, noInput, limits);
    afterLoad = cpuSeconds();
    auto valid = validate(loaded, {ProjectName("bench"), {}});
    if (hasErrors(valid.diagnostics))
        throw std::runtime_error(renderDiagnostics(valid.diagnostics, loaded.texts));
    return valid;
}

Figures measure(std::size_t count)
{
    const Folder folder(count);
    test::World world;
    const auto image = test::imageNamed("echo");
    world.images.emplace(image.info.id, image);
    world.tags.emplace("mcpctl/echo:1", image.info.id);
    test::MemoryOrchestrator engine(std::move(world));
    double afterLoad = 0;
    {
        const auto desired = read(folder, afterLoad).desired;
        ApplyOptions options;
        options.wait = false;
        apply(diff(desired, observe(engine, desired), {}), desired, engine, options, {}, {});
    }

    forgetPeak();
    const auto before = residentMiB("VmRSS");
    const auto begin = cpuSeconds();
    const auto valid = read(folder, afterLoad);
    const auto afterValidate = cpuSeconds();
    const auto observed = observe(engine, valid.desired);
    const auto afterObserve = cpuSeconds();
    const auto plan = diff(valid.desired, observed, {});
    const auto end = cpuSeconds();
    if (!plan.steps.empty())
        throw std::runtime_error("the second plan is not empty:\n" + renderPlan(plan));
    return {afterLoad - begin, afterValidate - afterLoad, afterObserve - afterValidate, end - afterObserve,
            residentMiB("VmHWM") - before};
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
               "all ms", "MiB");
    double previous = 0;
    for (std::size_t i = 0; i < counts.size(); ++i)
    {
        const auto figures = measure(counts[i]);
        fmt::print("{:>10} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.0f}\n", counts[i], figures.load * 1e3,
                   figures.validate * 1e3, figures.observe * 1e3, figures.diff * 1e3, figures.all() * 1e3,
                   figures.memory);
        if (i > 0)
            fmt::print("{:>10} grows as n^{:.2f}\n", "",
                       std::log(figures.all() / previous) /
                           std::log(static_cast<double>(counts[i]) / static_cast<double>(counts[i - 1])));
        previous = figures.all();
    }
}
