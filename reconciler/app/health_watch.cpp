#include "app/health_watch.h"

#include "app/probe_cache.h"
#include "model/timestamp.h"
#include "orchestrator/bounded_pool.h"
#include "orchestrator/pause.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace mcpctl
{

namespace
{

using namespace std::chrono_literals;

constexpr auto tick = 1s;
constexpr std::size_t atOnce = 4;

/// Does mcpctl ask it? The other kinds are the engine's work, or nobody's.
bool isAsked(const ObservedInstance& instance, const DesiredInstance& want)
{
    const auto type = want.spec.health.type;
    return instance.state == RunState::running && want.enabled &&
           (type == HealthCheck::Type::mcp || type == HealthCheck::Type::http || type == HealthCheck::Type::tcp);
}

}

HealthWatch::HealthWatch(Prober& prober, World world, const Log& log)
    : prober_(prober), world_(std::move(world)), log_(log), thread_([this](const std::stop_token& stop) { run(stop); })
{
}

void HealthWatch::run(const std::stop_token& stop)
{
    while (!stop.stop_requested())
    {
        if (look(stop))
            world_.tell(found_);
        pauseFor(tick, stop);
    }
}

/// Asks those whose time has come. Returns whether something is known that was not.
bool HealthWatch::look(const std::stop_token& stop)
{
    const auto state = world_.state();
    if (!state->desired || !state->engineError.empty())
        return false;
    std::map<std::string, Patient> patients;
    std::vector<std::pair<const ObservedInstance*, const DesiredInstance*>> due;
    bool changed = false;
    const auto now = Clock::now();
    for (const auto& instance : state->instances)
    {
        const auto want = state->desired->instances.find(InstanceName(instance.name));
        if (want == state->desired->instances.end() || !isAsked(instance, want->second))
            continue;
        const auto process = instance.id + " " + instance.startedAt;
        auto& patient = patients[instance.name];
        patient = patients_[instance.name];
        if (patient.process != process)
        {
            patient = {process, now, now, 0};
            changed = found_.erase(instance.name) > 0 || changed;
            if (const auto cached = ProbeCache(probeFolder(), state->engineId).find(instance))
            {
                patient.next = Clock::time_point::max();
                found_[instance.name] = {true, world_.scrub(cached->detail), nowMicros(), cached};
                changed = true;
            }
        }
        if (patient.next <= now)
            due.emplace_back(&instance, &want->second);
    }
    patients_ = std::move(patients);
    changed =
        std::erase_if(found_, [this](const auto& each) { return !patients_.contains(each.first); }) > 0 || changed;

    std::vector<Readiness> answers(due.size());
    forEachInParallel(due.size(), atOnce,
                      [&](std::size_t i) { answers[i] = prober_.once(due[i].first->id, *due[i].second, stop); });
    if (stop.stop_requested()) // what was broken off tells nothing
        return changed;
    for (std::size_t i = 0; i < due.size(); ++i)
        changed = note(*due[i].first, *due[i].second, answers[i]) || changed;
    return changed;
}

bool HealthWatch::note(const ObservedInstance& instance, const DesiredInstance& want, const Readiness& answer)
{
    auto& patient = patients_.at(instance.name);
    const auto now = Clock::now();
    const auto& check = want.spec.health;
    const bool stdio = want.spec.transport.type == Transport::Type::stdio;
    const auto known = found_.find(instance.name);
    const auto why = world_.scrub(answer.why);
    if (answer.ready)
    {
        patient.failures = 0;
        patient.next = stdio ? Clock::time_point::max() : now + check.interval;
        if (known != found_.end() && known->second.ready)
            return false;
        if (known != found_.end())
            log_.info(fmt::format("{} is well again: {}", instance.name, why));
        auto mcp = prober_.found(instance.id);
        if (mcp)
        {
            mcp->detail = why;
            ProbeCache(probeFolder(), world_.state()->engineId).keep(instance, *mcp);
        }
        found_[instance.name] = {true, why, nowMicros(), mcp};
        return true;
    }
    ++patient.failures;
    const bool starting = now < patient.since + check.startPeriod;
    const bool bad = !starting && patient.failures >= check.retries;
    // Each question to a stdio server costs a process beside it.
    patient.next = bad && stdio ? Clock::time_point::max()
                   : starting   ? now + std::min<std::chrono::nanoseconds>(check.interval, 2s)
                                : now + check.interval;
    if (!bad || (known != found_.end() && !known->second.ready))
        return false;
    log_.warning(fmt::format("{} is not well: {}", instance.name, why));
    found_[instance.name] = {false, why, nowMicros(), {}};
    return true;
}

}
