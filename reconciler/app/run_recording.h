#pragma once

#include "app/options.h"
#include "model/run_record.h"
#include "record/recorder.h"

#include <string>
#include <vector>

namespace mcpctl
{

/// Who runs this: `$SUDO_USER`, the person that a CI system names, or the user's name.
std::string whoRuns();

/// Leaves the record of one run in history. Nothing here throws or stops the run, except the constructor
/// for a target that makes no sense (UsageError).
class RunRecording
{
public:
    RunRecording(const GlobalOptions& global, std::string trigger, const std::vector<std::string>& paths);
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
    Recorder recorder_;
};

}
