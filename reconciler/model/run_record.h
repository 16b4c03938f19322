#pragma once

#include "model/outcome.h"
#include "model/plan.h"

#include <Poco/JSON/Object.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// What history keeps. Plain values; times are microseconds since the epoch, UTC. Nothing in them is
/// secret: plans and outcomes are masked where they are made.
namespace mcpctl
{

/// What a run did to one object, or tried to.
struct RecordedStep
{
    std::string object;
    std::string verb; ///< as verbOf() says
    std::string because;
    SourcePos place;
    std::string result; ///< as toString(Outcome::Result) says; `planned` while the run has not ended
    std::string error;
    std::chrono::milliseconds took{0};
    std::vector<Change> fields;

    bool operator==(const RecordedStep&) const = default;
};

enum class RunOutcome
{
    running, ///< begun and not ended yet
    done,
    failed,
    rolledBack,
    nothing,     ///< there was nothing to do
    interrupted, ///< stopped by a signal, or its process died
    pruneGuard,
};

std::string_view toString(RunOutcome outcome);
/// The outcome that `text` names; `failed` for one that nobody knows.
RunOutcome runOutcomeOf(std::string_view text);

struct RunCounts
{
    int done = 0, failed = 0, rolledBack = 0, skipped = 0;

    bool operator==(const RunCounts&) const = default;
};

/// One run of one project.
struct RunRecord
{
    std::string id; ///< made by the writer (newRecordId), so that saying it twice is saying it once
    std::string project;
    std::string engineId;
    std::string trigger; ///< `apply`, `destroy`, `watch:files`, `watch:drift` ...
    std::string who;
    std::string host;
    std::string process;            ///< names the process beyond doubt (record/process.h)
    std::vector<std::string> paths; ///< of the manifests
    std::string revision;           ///< git commit of the manifests, `-dirty` behind it; may be empty
    std::string desiredDigest;
    std::int64_t begunMicros = 0;
    std::int64_t endedMicros = 0; ///< 0: not yet
    RunOutcome outcome = RunOutcome::running;
    std::string error; ///< of the run as a whole
    RunCounts counts;
    std::vector<RecordedStep> steps; ///< in the order of the plan

    bool operator==(const RunRecord&) const = default;
};

/// Something that happened on an engine and concerns a project.
struct EventRecord
{
    std::string id;
    std::string project;
    std::string engineId;
    std::int64_t timeMicros = 0;
    std::string instance;
    std::string type;
    std::string details;

    bool operator==(const EventRecord&) const = default;
};

using Record = std::variant<RunRecord, EventRecord>;

/// The record of a run that is about to carry out `plan`. `context` tells what no plan knows: id, trigger,
/// who, host, process, paths, revision and when. Pure.
RunRecord begun(RunRecord context, const Plan& plan);

/// The same with what became of it. `stopped`: somebody asked the run to stop. Pure.
RunRecord finished(RunRecord begun, const Outcomes& outcomes, bool stopped, std::int64_t endedMicros);

/// A record id: a UUID of version 7 (RFC 9562), so that ids sort by time. Ids of one process ascend.
/// Any thread.
std::string newRecordId();

/// The one JSON form (docs/json.md). Bytes that are no text become U+FFFD.
Poco::JSON::Object::Ptr runToJson(const RunRecord& run);
Poco::JSON::Object::Ptr eventToJson(const EventRecord& event);

/// The way back. Throws std::runtime_error or Poco::Exception for what is none.
RunRecord runFromJson(const Poco::JSON::Object& json);
EventRecord eventFromJson(const Poco::JSON::Object& json);

}
