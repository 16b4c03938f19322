#pragma once

#include "model/run_record.h"
#include "record/target.h"
#include "support/temporary_folder.h"

#include <string>

namespace mcpctl::test
{

/// An empty place for history: a SQLite file, or, where MCPCTL_TEST_HISTORY names a PostgreSQL, a schema
/// of its own there. So one suite tests both.
class HistoryBed
{
public:
    HistoryBed();
    ~HistoryBed();
    HistoryBed(const HistoryBed&) = delete;
    HistoryBed& operator=(const HistoryBed&) = delete;

    const HistoryTarget& target() const { return target_; }
    const TemporaryFolder& folder() const { return folder_; }

private:
    TemporaryFolder folder_;
    HistoryTarget target_;
    std::string schema_;
};

/// A finished run of this process that updated `object`, with every field set.
RunRecord sampleRun(const std::string& object = "mcpctl-dev-memory");
/// The same as it is while it runs.
RunRecord openRun(const std::string& object = "mcpctl-dev-memory");
EventRecord sampleEvent(const std::string& instance);

}
