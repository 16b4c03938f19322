#include "model/run_record.h"

#include "model/timestamp.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <random>

namespace mcpctl
{

namespace
{

constexpr std::array<std::pair<RunOutcome, std::string_view>, 7> outcomeNames{{
    {RunOutcome::running, "running"},
    {RunOutcome::done, "done"},
    {RunOutcome::failed, "failed"},
    {RunOutcome::rolledBack, "rolled back"},
    {RunOutcome::nothing, "nothing"},
    {RunOutcome::interrupted, "interrupted"},
    {RunOutcome::pruneGuard, "prune guard"},
}};

RunCounts count(const Outcomes& outcomes)
{
    RunCounts counts;
    for (const auto& outcome : outcomes)
        switch (outcome.result)
        {
        case Outcome::Result::done:
            ++counts.done;
            break;
        case Outcome::Result::failed:
            ++counts.failed;
            break;
        case Outcome::Result::rolledBack:
            ++counts.rolledBack;
            break;
        case Outcome::Result::skipped:
            ++counts.skipped;
            break;
        }
    return counts;
}

RunOutcome judge(const RunCounts& counts, bool stopped)
{
    if (stopped && counts.skipped > 0)
        return RunOutcome::interrupted;
    if (counts.failed > 0)
        return RunOutcome::failed;
    if (counts.rolledBack > 0)
        return RunOutcome::rolledBack;
    if (counts.skipped > 0)
        return RunOutcome::failed;
    return counts.done > 0 ? RunOutcome::done : RunOutcome::nothing;
}

}

std::string_view toString(RunOutcome outcome)
{
    return std::find_if(outcomeNames.begin(), outcomeNames.end(),
                        [outcome](const auto& each) { return each.first == outcome; })
        ->second;
}

RunOutcome runOutcomeOf(std::string_view text)
{
    for (const auto& [outcome, name] : outcomeNames)
        if (name == text)
            return outcome;
    return RunOutcome::failed;
}

RunRecord begun(RunRecord context, const Plan& plan)
{
    context.project = plan.project.text;
    context.engineId = plan.engineId;
    context.desiredDigest = plan.desiredDigest;
    for (const auto& step : plan.steps)
        context.steps.push_back({step.object, std::string(verbOf(step)), step.because, step.place, "planned", "",
                                 std::chrono::milliseconds(0), step.changes});
    return context;
}

RunRecord finished(RunRecord begun, const Outcomes& outcomes, bool stopped, std::int64_t endedMicros)
{
    begun.endedMicros = endedMicros;
    begun.counts = count(outcomes);
    begun.outcome = judge(begun.counts, stopped);
    for (std::size_t i = 0; i < std::min(begun.steps.size(), outcomes.size()); ++i)
    {
        begun.steps[i].result = toString(outcomes[i].result);
        begun.steps[i].error = outcomes[i].error;
        begun.steps[i].took = outcomes[i].took;
    }
    return begun;
}

std::string newRecordId()
{
    static std::mutex mutex;
    static std::random_device random;
    static std::int64_t last = 0;

    const std::lock_guard lock(mutex);
    // 48 bits of milliseconds and 12 of their fraction, as RFC 9562, 6.2, method 3 has it.
    const auto now = nowMicros();
    auto tick = now / 1000 * 4096 + now % 1000 * 4096 / 1000;
    tick = last = std::max(tick, last + 1);
    const auto millis = static_cast<std::uint64_t>(tick / 4096);
    return fmt::format("{:08x}-{:04x}-7{:03x}-{:04x}-{:04x}{:08x}", millis >> 16U, millis & 0xffffU, tick % 4096,
                       0x8000U | (random() & 0x3fffU), random() & 0xffffU, random());
}

}
