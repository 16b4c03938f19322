#include "app/run_recording.h"

#include "app/history_place.h"
#include "app/report.h"
#include "model/timestamp.h"
#include "record/process.h"
#include "system/user.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace mcpctl
{

namespace
{

std::vector<std::string> absolute(const std::vector<std::string>& paths)
{
    std::vector<std::string> out;
    out.reserve(paths.size());
    for (const auto& path : paths)
        out.push_back(path == "-" ? path : std::filesystem::absolute(path).lexically_normal().string());
    return out;
}

}

std::string whoRuns()
{
    for (const auto* variable : {"SUDO_USER", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR",
                                 "CIRCLE_USERNAME", "BITBUCKET_STEP_TRIGGERER_UUID"})
        if (const char* value = std::getenv(variable); value != nullptr && *value != '\0')
            return value;
    const auto user = userOf(::geteuid());
    return user ? user->name : std::to_string(::geteuid());
}

Recorder recorderFor(const GlobalOptions& global, Recorder::Mode mode, std::function<void(const std::string&)> warn)
{
    const auto target = historyTarget(global);
    Recorder::Options options;
    options.mode = mode;
    options.warn = std::move(warn);
    if (mode == Recorder::Mode::now)
        options.firstRetry = std::chrono::seconds(30); // the end of a run need not wait again for what is away
    return {target, journalFolder(target), options};
}

Recorder recorderFor(const GlobalOptions& global)
{
    return recorderFor(global, Recorder::Mode::now,
                       [](const std::string& text) { say(fmt::format("warning: {}\n", text)); });
}

RunRecording::RunRecording(Recorder& recorder, std::string trigger, const std::vector<std::string>& paths)
    : recorder_(recorder)
{
    run_.id = newRecordId();
    run_.trigger = std::move(trigger);
    run_.who = whoRuns();
    run_.host = hostName();
    run_.process = thisProcess();
    run_.paths = absolute(paths);
    run_.begunMicros = nowMicros();
}

RunRecording::~RunRecording()
{
    if (!open_)
        return;
    run_.outcome = RunOutcome::failed;
    run_.error = "an error ended the run";
    run_.endedMicros = nowMicros();
    recorder_.record(run_);
}

void RunRecording::begin(const Plan& plan, const std::string& revision)
{
    run_.revision = revision;
    run_ = begun(std::move(run_), plan);
    open_ = !plan.steps.empty();
    if (open_)
        recorder_.record(run_);
}

void RunRecording::end(const Outcomes& outcomes, bool stopped)
{
    run_ = finished(std::move(run_), outcomes, stopped, nowMicros());
    const auto haste = open_ ? Recorder::Haste::due : Recorder::Haste::none;
    open_ = false;
    recorder_.record(run_, haste);
}

void RunRecording::guarded(const Plan& plan, const std::string& why)
{
    run_ = begun(std::move(run_), plan);
    run_.outcome = RunOutcome::pruneGuard;
    run_.error = why;
    run_.endedMicros = nowMicros();
    recorder_.record(run_);
}

}
