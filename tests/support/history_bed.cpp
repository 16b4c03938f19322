#include "support/history_bed.h"

#include "model/timestamp.h"
#include "record/database.h"
#include "record/history.h"
#include "record/process.h"

#include <algorithm>
#include <cstdlib>

namespace mcpctl::test
{

HistoryBed::HistoryBed()
{
    const char* url = std::getenv("MCPCTL_TEST_HISTORY");
    if (url == nullptr)
    {
        target_ = parseHistoryTarget((folder_.path() / "history.db").string());
        return;
    }
    schema_ = "t" + newRecordId();
    std::replace(schema_.begin(), schema_.end(), '-', '_');
    Database(parseHistoryTarget(url)).query("CREATE SCHEMA " + schema_);
    target_ = parseHistoryTarget(url + ("?options=-csearch_path%3D" + schema_));
}

HistoryBed::~HistoryBed()
{
    if (!schema_.empty())
        Database(target_).query("DROP SCHEMA " + schema_ + " CASCADE");
}

RunRecord openRun(const std::string& object)
{
    RunRecord run;
    run.id = newRecordId();
    run.project = "mcpctl";
    run.engineId = "ENGINE:1";
    run.trigger = "apply";
    run.who = "alice";
    run.host = hostName();
    run.process = thisProcess();
    run.paths = {"/srv/a b", "/srv/\"c\"\n"};
    run.revision = "0123456789abcdef-dirty";
    run.desiredDigest = "d1";
    run.begunMicros = nowMicros();
    run.steps = {
        {object,
         "update",
         "memory differs",
         {"m.yaml", 3, 5},
         "planned",
         "",
         std::chrono::milliseconds(0),
         {{"memory", "256Mi", "512Mi", Verdict::pending, {"m.yaml", 7, 9}}, {"cpus", "1", "", Verdict::drift, {}}}}};
    return run;
}

RunRecord sampleRun(const std::string& object)
{
    auto run = openRun(object);
    run.endedMicros = run.begunMicros + 1500;
    run.outcome = RunOutcome::done;
    run.counts.done = 1;
    run.steps[0].result = "done";
    run.steps[0].took = std::chrono::milliseconds(15);
    return run;
}

EventRecord sampleEvent(const std::string& instance)
{
    return {newRecordId(), "mcpctl", "ENGINE:1", nowMicros(), instance, "die", "exit code 3"};
}

}
