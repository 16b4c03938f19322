#include "app/json.h"
#include "app/saved_plan.h"
#include "fuzz/fuzz.h"
#include "model/utf8.h"
#include "support/temporary_folder.h"

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>

using namespace mcpctl;
using mcpctl::fuzz::require;

namespace
{

const std::string& file()
{
    static const test::TemporaryFolder folder;
    static const std::string path = (folder.path() / "plan.json").string();
    return path;
}

/// Any file: it is a plan or it is said why not. What it was made with is written and read again to the same.
void readAnything(const std::string& text)
{
    std::ofstream(file(), std::ios::binary) << text;
    SavedPlan saved;
    try
    {
        saved = readPlan(file());
    }
    catch (const SavedPlanError&)
    {
        return;
    }
    Plan plan;
    plan.project = ProjectName(saved.project);
    plan.engineId = saved.engine;
    plan.desiredDigest = saved.desired;
    savePlan(file(), plan, saved.options);
    require(isSavedPlan(file()), "what was saved looks like a plan");
    const auto again = readPlan(file());
    require(again.options.paths == saved.options.paths && again.options.profiles == saved.options.profiles &&
                again.options.servers == saved.options.servers && again.options.prune == saved.options.prune &&
                again.options.allowEmpty == saved.options.allowEmpty &&
                again.options.pruneMax == saved.options.pruneMax,
            "options read as they were saved");
    require(!staleness(again, plan), "a plan that was just saved is not stale");
}

/// A plan with any texts in it, as engines and manifests may bring them: saved, it is not stale. File names may be any
/// bytes, and then it is saved or not, as a whole.
void savePlanOf(FuzzedDataProvider& in)
{
    const auto text = [&in] { return validUtf8(in.ConsumeRandomLengthString(32)); };
    ReconcileOptions options;
    options.paths = {in.ConsumeRandomLengthString(32)};
    Plan plan;
    plan.project = ProjectName(text());
    plan.engineId = text();
    plan.desiredDigest = text();
    while (in.remaining_bytes() > 0 && plan.steps.size() < 8)
    {
        Step step;
        step.object = text() + std::string(in.ConsumeIntegralInRange<std::size_t>(0, 1), '\0');
        step.because = text();
        step.place = {text(), in.ConsumeIntegral<int>(), in.ConsumeIntegral<int>()};
        step.actions = {action::Create{{text(), in.ConsumeBool()}},
                        action::Connect{text(), NetworkName(text()), {text()}}};
        step.changes = {
            {text(), text(), text(), in.PickValueInArray({Verdict::pending, Verdict::drift, Verdict::both}), {}}};
        plan.steps.push_back(step);
    }
    plan.notes = {text()};
    auto path = options.paths[0];
    std::replace(path.begin(), path.end(), '\0', ' '); // has its own form in JSON, and in UTF-8
    const bool fits = validUtf8(path) == path;
    try
    {
        savePlan(file(), plan, options);
    }
    catch (const SavedPlanError&)
    {
        require(!fits, "what is UTF-8 can be saved");
        return;
    }
    const auto saved = readPlan(file());
    const auto stale = staleness(saved, plan);
    require(!stale, "a plan that was just saved is not stale", stale.value_or(""));
    require(saved.options.paths == options.paths, "paths read as they were saved");
}

}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size > 0 && data[0] == '{')
        readAnything(fuzz::textOf(data, size));
    else
    {
        FuzzedDataProvider in(data, size);
        savePlanOf(in);
    }
    return 0;
}
