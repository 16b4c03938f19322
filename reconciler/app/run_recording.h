#pragma once

#include "app/options.h"
#include "model/run_record.h"
#include "record/recorder.h"

#include <functional>
#include <string>
#include <vector>

namespace mcpctl
{

/// Who runs this: `$SUDO_USER`, the person that a CI system names, or the user's name.
std::string whoRuns();

/// A recorder for the history that the options name. Throws UsageError for a target that makes no sense; whatever else
/// is wrong with it stops nobody and is told to `warn`.
Recorder recorderFor(const GlobalOptions& global, Recorder::Mode mode, std::function<void(const std::string&)> warn);
/// The same, for a command: it warns on stderr.
Recorder recorderFor(const GlobalOptions& global);

/// Leaves the record of one run in history. Nothing here throws or stops the run.
class RunRecording
{
public:
    RunRecording(Recorder& recorder, std::string trigger, const std::vector<std::string>& paths);
    /// A run that began and did not end was ended by an error.
    ~RunRecording();
    RunRecording(const RunRecording&) = delete;
    RunRecording& operator=(const RunRecording&) = delete;

    /// Call it under the project's lock, before anything is changed. A plan without steps leaves no more
    /// than its end.
    void begin(const Plan& plan, const std::string& revision);
    void end(const Outcomes& outcomes, bool stopped);
    /// The prune guard stopped the run.
    void guarded(const Plan& plan, const std::string& why);

private:
    RunRecord run_;
    bool open_ = false;
    Recorder& recorder_;
};

}
