#pragma once

#include "model/run_record.h"
#include "record/database.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mcpctl
{

/// Which runs to list.
struct HistoryFilter
{
    std::string project;
    std::int64_t sinceMicros = 0;
    std::string instance; ///< only runs that had something to do with it; empty: all
    std::size_t limit = 20;
};

/// A step with the run that it was part of; `run.steps` is empty.
struct HistoricStep
{
    RunRecord run;
    RecordedStep step;
};

/// What made an instance look as it does.
struct Why
{
    std::vector<HistoricStep> steps; ///< the newest first, back to the one that created it
    std::vector<EventRecord> events; ///< since then, the newest first, at most 50
};

/// The store of runs and events, in SQLite or PostgreSQL. One thread at a time; any number of processes.
/// Whatever fails is a HistoryError; a store that failed may be dead, so make a new one.
class History
{
public:
    /// Connects, brings the schema up to date and marks runs of processes that died on this host.
    explicit History(const HistoryTarget& target);

    /// All of `records`, in their order, or none. What is there already stays as it is; a run that was open
    /// is closed. A run also closes older open ones of its project and engine: whoever writes it holds the
    /// project's lock, so they were interrupted.
    void append(const std::vector<Record>& records);

    /// The newest first, without their steps.
    std::vector<RunRecord> list(const HistoryFilter& filter);
    /// The run whose id starts with `prefix`. Throws NoSuchRun when there is none, or more than one.
    RunRecord show(const std::string& prefix);
    Why why(const std::string& project, const std::string& instance);
    /// Removes ended runs and events of `project` from before `beforeMicros`; returns how many runs.
    std::size_t prune(const std::string& project, std::int64_t beforeMicros);

private:
    void add(const RunRecord& run);
    void add(const EventRecord& event);
    void closeDead();
    std::vector<RunRecord> runs(const std::string& where, const std::vector<SqlValue>& values);

    Database database_;
};

/// This machine's name, as runs carry it.
std::string hostName();

}
