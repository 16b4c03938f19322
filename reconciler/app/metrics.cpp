#include "app/metrics.h"

#include "app/daemon_json.h"
#include "app/metrics_text.h"
#include "app/process_usage.h"
#include "model/version.h"
#include "validate/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mcpctl
{

namespace
{

using Type = MetricsText::Type;
using Result = PassSummary::Result;

constexpr std::array passResults{Result::done,    Result::failed,      Result::invalid,
                                 Result::guarded, Result::unreachable, Result::locked};
constexpr std::array outcomeResults{Outcome::Result::done, Outcome::Result::failed, Outcome::Result::rolledBack,
                                    Outcome::Result::skipped};
constexpr std::array runStates{RunState::created, RunState::running, RunState::restarting,
                               RunState::paused,  RunState::exited,  RunState::dead};
constexpr std::array verdicts{Verdict::pending, Verdict::drift, Verdict::both};
constexpr std::array verbs{"create",  "replace", "update",         "start",          "stop",
                           "recover", "remove",  "create network", "remove network", "blocked"};

double seconds(std::int64_t micros)
{
    return static_cast<double>(micros) / 1e6;
}

/// `policy` for `file:1:2: error: ... [policy]`, be there more lines behind it or not.
std::string ruleOf(const std::string& error)
{
    const auto line = error.substr(0, error.find('\n'));
    const auto open = line.rfind('[');
    return open == std::string::npos || !line.ends_with(']') ? "" : line.substr(open + 1, line.size() - open - 2);
}

void tellWorld(MetricsText& out, const DaemonState& state)
{
    out.single("mcpctl_ready", Type::gauge, "Whether the daemon has seen manifests and engine, and sees them now.",
               state.ready() ? 1 : 0);
    out.single("mcpctl_engine_up", Type::gauge, "Whether the engine answered last.", state.engineError.empty() ? 1 : 0);
    out.single("mcpctl_source_up", Type::gauge, "Whether the newest manifests can be had.",
               state.sourceError.empty() ? 1 : 0);
    out.single("mcpctl_prune_guarded", Type::gauge, "Whether the prune guard keeps what would be removed.",
               state.guard.empty() ? 0 : 1);
    out.single("mcpctl_last_success_timestamp_seconds", Type::gauge,
               "When a pass last left nothing to do, since the epoch; 0: never.", seconds(state.lastSuccessMicros));
    out.single("mcpctl_last_pass_timestamp_seconds", Type::gauge, "When the last pass ended, since the epoch.",
               seconds(state.lastPass.endedMicros));
}

void tellManifests(MetricsText& out, const DaemonState& state)
{
    std::set<std::string> policy;
    for (const auto& rule : policyRules())
        policy.insert(rule.id);
    std::map<std::string, std::size_t> byRule;
    std::size_t denials = 0;
    for (const auto& error : state.manifestErrors)
    {
        const auto rule = ruleOf(error);
        ++byRule[rule];
        denials += policy.count(rule);
    }
    out.family("mcpctl_manifest_errors", Type::gauge, "Errors in the newest manifests, by rule; none: no sample.");
    for (const auto& [rule, count] : byRule)
        out.sample(static_cast<double>(count), {{"rule", rule}});
    out.single("mcpctl_policy_denials", Type::gauge, "Errors in the newest manifests that are the security policy's.",
               static_cast<double>(denials));
}

void tellInstances(MetricsText& out, const DaemonState& state)
{
    out.family("mcpctl_instances", Type::gauge, "Instances of the project, by state.");
    for (const auto each : runStates)
        out.sample(static_cast<double>(std::count_if(state.instances.begin(), state.instances.end(),
                                                     [each](const auto& one) { return one.state == each; })),
                   {{"state", toString(each)}});
    out.family("mcpctl_instance_running", Type::gauge, "Whether an instance runs.");
    for (const auto& each : state.instances)
        out.sample(each.state == RunState::running ? 1 : 0,
                   {{"instance", each.name}, {"profile", each.marks.profile}, {"server", each.marks.server}});
    out.single("mcpctl_backoffs", Type::gauge, "Instances that failed so often that they are left alone for a while.",
               static_cast<double>(state.backoffs.size()));
    out.family("mcpctl_backoff_failures", Type::gauge, "How often an instance that is left alone has failed.");
    for (const auto& [name, backoff] : state.backoffs)
        out.sample(backoff.failures, {{"instance", name}});
}

void tellHealth(MetricsText& out, const DaemonState& state)
{
    out.family("mcpctl_server_ready", Type::gauge, "Whether a server that was asked does what its health check wants.");
    for (const auto& [name, each] : state.health)
        out.sample(each.ready ? 1 : 0, {{"instance", name}});
}

void tellPlan(MetricsText& out, const Plan& plan)
{
    std::map<Verdict, std::size_t> differences;
    std::map<std::string_view, std::size_t> steps;
    for (const auto& step : plan.steps)
    {
        ++steps[verbOf(step)];
        for (const auto& change : step.changes)
            ++differences[change.verdict];
    }
    out.family("mcpctl_differences", Type::gauge,
               "Fields that differ from what is declared: the manifest moved (pending), the engine (drift), or both.");
    for (const auto each : verdicts)
        out.sample(static_cast<double>(differences[each]), {{"verdict", toString(each)}});
    out.family("mcpctl_planned_steps", Type::gauge, "What the last look found to do, by kind.");
    for (const auto* each : verbs)
        out.sample(static_cast<double>(steps[each]), {{"kind", each}});
}

void tellEngine(MetricsText& out, const EngineStatistics& engine)
{
    out.single("mcpctl_engine_calls_total", Type::counter, "Requests sent to the engine.",
               static_cast<double>(engine.calls));
    out.single("mcpctl_engine_errors_total", Type::counter,
               "Requests without a whole answer, or answered with an error of the engine's own.",
               static_cast<double>(engine.failures));
    out.single("mcpctl_engine_sent_bytes_total", Type::counter, "Bytes sent to the engine.",
               static_cast<double>(engine.bytesSent));
    out.single("mcpctl_engine_received_bytes_total", Type::counter, "Bytes that the engine sent.",
               static_cast<double>(engine.bytesReceived));
}

void tellRecorder(MetricsText& out, const Recorder::Status& recorder)
{
    out.single("mcpctl_history_up", Type::gauge, "Whether the history database gets what is recorded.",
               recorder.trouble.empty() ? 1 : 0);
    out.single("mcpctl_history_waiting_bytes", Type::gauge, "Records on disk that wait for the history database.",
               static_cast<double>(recorder.waitingBytes));
    out.single("mcpctl_history_dropped_total", Type::counter, "Records that fell out of a full journal.",
               static_cast<double>(recorder.dropped));
    out.single("mcpctl_history_lost_total", Type::counter, "Records that neither disk nor memory had room for.",
               static_cast<double>(recorder.lost));
}

/// By the names that every Prometheus client library gives them.
void tellProcess(MetricsText& out)
{
    const auto usage = processUsage();
    out.single("process_cpu_seconds_total", Type::counter, "Processor time used.", usage.cpuSeconds);
    out.single("process_resident_memory_bytes", Type::gauge, "Resident memory.",
               static_cast<double>(usage.residentBytes));
    out.single("process_open_fds", Type::gauge, "Open file descriptors.", static_cast<double>(usage.openFiles));
    out.single("process_max_fds", Type::gauge, "As many file descriptors may be open; 0: no limit.",
               static_cast<double>(usage.openFilesLimit));
    out.single("process_threads", Type::gauge, "Threads.", static_cast<double>(usage.threads));
    out.single("process_start_time_seconds", Type::gauge, "When the process started, since the epoch.",
               usage.startSeconds);
}

}

Metrics::Metrics()
{
    // A series that appears with its first event hides that event from rate().
    for (const auto each : passResults)
        counts_.passes[each] = 0;
    for (const auto* verb : verbs)
        for (const auto result : outcomeResults)
            counts_.changes[{verb, result}] = 0;
}

void Metrics::passEnded(Result result, std::chrono::nanoseconds took)
{
    const double secs = std::chrono::duration<double>(took).count();
    const auto bound = static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), secs) - bounds.begin());
    const std::lock_guard lock(mutex_);
    ++counts_.passes[result];
    ++counts_.passesUpTo.at(bound);
    counts_.passSeconds += secs;
}

void Metrics::changeEnded(const Outcome& outcome)
{
    const std::lock_guard lock(mutex_);
    ++counts_.changes[{outcome.verb, outcome.result}];
}

void Metrics::egressDenied(const std::string& instance)
{
    const std::lock_guard lock(mutex_);
    ++counts_.denials[instance];
}

void Metrics::tellCounts(MetricsText& out) const
{
    const std::lock_guard lock(mutex_);
    out.family("mcpctl_passes_total", Type::counter, "Passes, by how they ended.");
    for (const auto& [result, count] : counts_.passes)
        out.sample(static_cast<double>(count), {{"result", toString(result)}});
    out.family("mcpctl_pass_duration_seconds", Type::histogram, "How long a pass took.");
    std::uint64_t upTo = 0;
    for (std::size_t i = 0; i < counts_.passesUpTo.size(); ++i)
    {
        upTo += counts_.passesUpTo.at(i);
        out.sample(static_cast<double>(upTo), {{"le", i < bounds.size() ? fmt::format("{}", bounds.at(i)) : "+Inf"}},
                   "_bucket");
    }
    out.sample(counts_.passSeconds, {}, "_sum");
    out.sample(static_cast<double>(upTo), {}, "_count");
    out.family("mcpctl_changes_total", Type::counter, "Steps that were carried out, by kind and result.");
    for (const auto& [key, count] : counts_.changes)
        out.sample(static_cast<double>(count), {{"kind", key.first}, {"result", toString(key.second)}});
    out.family("mcpctl_egress_denied_total", Type::counter, "Connections that the egress gateway refused a server.");
    for (const auto& [instance, count] : counts_.denials)
        out.sample(static_cast<double>(count), {{"instance", instance}});
}

std::string Metrics::render(const DaemonState& state, const EngineStatistics& engine,
                            const Recorder::Status& recorder) const
{
    MetricsText out;
    out.family("mcpctl_build_info", Type::gauge, "Which mcpctl this is.");
    out.sample(1, {{"version", version}});
    tellCounts(out);
    tellWorld(out, state);
    tellManifests(out, state);
    tellInstances(out, state);
    tellHealth(out, state);
    tellPlan(out, state.plan);
    tellEngine(out, engine);
    tellRecorder(out, recorder);
    tellProcess(out);
    return out.text();
}

}
