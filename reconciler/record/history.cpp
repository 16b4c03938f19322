#include "record/history.h"

#include "model/json_text.h"
#include "model/utf8.h"
#include "record/migrations.h"
#include "record/process.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Parser.h>

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace mcpctl
{

namespace
{

constexpr const char* runColumns =
    "id, project, engine, \"trigger\", who, host, process, paths, revision, desired, begun,"
    " ended, outcome, error, done, failed, rolled_back, skipped";
constexpr std::size_t runWidth = 18;
constexpr const char* stepColumns = "run, position, object, verb, because, file, line, col, result, error, took_ms";
constexpr const char* changeColumns = "run, step, position, field, before, after, verdict, file, line, col";
constexpr const char* eventColumns = "id, project, engine, time, instance, type, details";

template <typename Number = std::int64_t>
Number number(const std::string& text)
{
    Number value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

SqlValue value(std::integral auto number)
{
    return static_cast<std::int64_t>(number);
}

std::string joined(const std::vector<std::string>& paths)
{
    Poco::JSON::Array out;
    for (const auto& path : paths)
        out.add(validUtf8(path));
    return jsonText(out);
}

std::vector<std::string> split(const std::string& json)
try
{
    std::vector<std::string> out;
    const auto array = Poco::JSON::Parser().parse(json).extract<Poco::JSON::Array::Ptr>();
    for (const auto& each : *array)
        out.push_back(each.toString());
    return out;
}
catch (const Poco::Exception&)
{
    return {json}; // it was too long, and cut
}

std::vector<SqlValue> rowOf(const RunRecord& run)
{
    return {run.id,
            run.project,
            run.engineId,
            run.trigger,
            run.who,
            run.host,
            run.process,
            joined(run.paths),
            run.revision,
            run.desiredDigest,
            run.begunMicros,
            run.endedMicros,
            std::string(toString(run.outcome)),
            run.error,
            value(run.counts.done),
            value(run.counts.failed),
            value(run.counts.rolledBack),
            value(run.counts.skipped)};
}

RunRecord runOf(const SqlRow& row)
{
    RunRecord run;
    run.id = row[0];
    run.project = row[1];
    run.engineId = row[2];
    run.trigger = row[3];
    run.who = row[4];
    run.host = row[5];
    run.process = row[6];
    run.paths = split(row[7]);
    run.revision = row[8];
    run.desiredDigest = row[9];
    run.begunMicros = number(row[10]);
    run.endedMicros = number(row[11]);
    run.outcome = runOutcomeOf(row[12]);
    run.error = row[13];
    run.counts = {number<int>(row[14]), number<int>(row[15]), number<int>(row[16]), number<int>(row[17])};
    return run;
}

/// `row` has stepColumns from `at` on.
RecordedStep stepOf(const SqlRow& row, std::size_t at)
{
    return {row[at + 2],
            row[at + 3],
            row[at + 4],
            {row[at + 5], number<int>(row[at + 6]), number<int>(row[at + 7])},
            row[at + 8],
            row[at + 9],
            std::chrono::milliseconds(number(row[at + 10])),
            {}};
}

Change changeOf(const SqlRow& row)
{
    return {row[3], row[4], row[5], verdictOf(row[6]), {row[7], number<int>(row[8]), number<int>(row[9])}};
}

/// Nothing before it matters for how an instance looks.
bool creates(const RecordedStep& step)
{
    return step.result == toString(Outcome::Result::done) &&
           (step.verb == "create" || step.verb == "replace" || step.verb == "create network");
}

void insertSteps(Database& database, const RunRecord& run)
{
    std::vector<std::vector<SqlValue>> steps;
    std::vector<std::vector<SqlValue>> changes;
    for (std::size_t i = 0; i < run.steps.size(); ++i)
    {
        const auto& step = run.steps[i];
        steps.push_back({run.id, value(i), step.object, step.verb, step.because, step.place.file.text(),
                         value(step.place.line), value(step.place.column), step.result, step.error,
                         value(step.took.count())});
        for (std::size_t j = 0; j < step.fields.size(); ++j)
        {
            const auto& each = step.fields[j];
            changes.push_back({run.id, value(i), value(j), each.field, each.before, each.after,
                               std::string(toString(each.verdict)), each.place.file.text(), value(each.place.line),
                               value(each.place.column)});
        }
    }
    database.insert("steps", stepColumns, steps);
    database.insert("changes", changeColumns, changes);
}

}

std::string hostName()
{
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

History::History(const HistoryTarget& target) : database_(target)
{
    migrate(database_);
    closeDead();
}

void History::closeDead()
{
    for (const auto& row :
         database_.query("SELECT id, process FROM runs WHERE outcome = 'running' AND host = $1", {hostName()}))
        if (isGone(row[1]))
            database_.query("UPDATE runs SET outcome = 'interrupted' WHERE id = $1 AND outcome = 'running'", {row[0]});
}

void History::append(const std::vector<Record>& records)
{
    Database::Transaction transaction(database_);
    for (const auto& record : records)
        std::visit([this](const auto& each) { add(each); }, record);
    transaction.commit();
}

void History::add(const RunRecord& run)
{
    // No lock is held by two: what is open and older was interrupted, unless its own end follows later.
    database_.query("UPDATE runs SET outcome = 'interrupted' WHERE project = $1 AND engine = $2 AND id < $3"
                    " AND outcome = 'running'",
                    {run.project, run.engineId, run.id});
    std::string numbers;
    for (std::size_t i = 1; i <= runWidth; ++i)
        numbers += fmt::format("{}${}", i == 1 ? "" : ", ", i);
    // An end that was written stays. A beginning that comes again, or late, changes nothing.
    const auto taken =
        database_.query(fmt::format("INSERT INTO runs ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET"
                                    " ended = excluded.ended, outcome = excluded.outcome, error = excluded.error,"
                                    " done = excluded.done, failed = excluded.failed,"
                                    " rolled_back = excluded.rolled_back, skipped = excluded.skipped"
                                    " WHERE runs.ended = 0 AND excluded.ended <> 0 RETURNING id",
                                    runColumns, numbers),
                        rowOf(run));
    if (taken.empty())
        return;
    database_.query("DELETE FROM steps WHERE run = $1", {run.id});
    insertSteps(database_, run);
}

void History::add(const EventRecord& event)
{
    database_.insert(
        "events", eventColumns,
        {{event.id, event.project, event.engineId, event.timeMicros, event.instance, event.type, event.details}});
}

std::vector<RunRecord> History::runs(const std::string& where, const std::vector<SqlValue>& values)
{
    std::vector<RunRecord> out;
    for (const auto& row : database_.query(fmt::format("SELECT {} FROM runs WHERE {}", runColumns, where), values))
        out.push_back(runOf(row));
    return out;
}

std::vector<RunRecord> History::list(const HistoryFilter& filter)
{
    return runs("project = $1 AND begun >= $2 AND ($3 = '' OR id IN (SELECT run FROM steps WHERE object = $3))"
                " ORDER BY begun DESC, id DESC LIMIT $4",
                {filter.project, filter.sinceMicros, filter.instance, value(filter.limit)});
}

RunRecord History::show(const std::string& prefix)
{
    if (prefix.empty() || prefix.find_first_not_of("0123456789abcdef-") != std::string::npos)
        throw NoSuchRun(fmt::format("{} is no run id; `mcpctl history` lists them", prefix));
    auto found = runs("id LIKE $1 ORDER BY id LIMIT 5", {prefix + "%"});
    if (found.empty())
        throw NoSuchRun(fmt::format("history has no run {}", prefix));
    if (found.size() > 1)
    {
        std::string ids;
        for (const auto& each : found)
            ids += "\n  " + each.id;
        throw NoSuchRun(fmt::format("more than one run starts with {}:{}", prefix, ids));
    }
    auto& run = found.front();
    for (const auto& row :
         database_.query(fmt::format("SELECT {} FROM steps WHERE run = $1 ORDER BY position", stepColumns), {run.id}))
        run.steps.push_back(stepOf(row, 0));
    for (const auto& row : database_.query(
             fmt::format("SELECT {} FROM changes WHERE run = $1 ORDER BY step, position", changeColumns), {run.id}))
        run.steps.at(number<std::size_t>(row[1])).fields.push_back(changeOf(row));
    return run;
}

Why History::why(const std::string& project, const std::string& instance)
{
    Why out;
    for (const auto& row : database_.query(
             fmt::format("SELECT {} FROM steps WHERE object = $1 AND run IN (SELECT id FROM runs WHERE project = $2)"
                         " ORDER BY run DESC, position DESC LIMIT 1000",
                         stepColumns),
             {instance, project}))
    {
        HistoricStep each{runs("id = $1", {row[0]}).at(0), stepOf(row, 0)};
        for (const auto& change : database_.query(
                 fmt::format("SELECT {} FROM changes WHERE run = $1 AND step = $2 ORDER BY position", changeColumns),
                 {row[0], number(row[1])}))
            each.step.fields.push_back(changeOf(change));
        out.steps.push_back(std::move(each));
        if (creates(out.steps.back().step))
            break;
    }
    const auto since = out.steps.empty() ? 0 : out.steps.back().run.begunMicros;
    for (const auto& row : database_.query(fmt::format("SELECT {} FROM events WHERE project = $1 AND instance = $2"
                                                       " AND time >= $3 ORDER BY time DESC, id DESC LIMIT 50",
                                                       eventColumns),
                                           {project, instance, since}))
        out.events.push_back({row[0], row[1], row[2], number(row[3]), row[4], row[5], row[6]});
    return out;
}

std::size_t History::prune(const std::string& project, std::int64_t beforeMicros)
{
    Database::Transaction transaction(database_);
    const auto gone =
        database_.query("DELETE FROM runs WHERE project = $1 AND begun < $2 AND outcome <> 'running' RETURNING id",
                        {project, beforeMicros});
    database_.query("DELETE FROM events WHERE project = $1 AND time < $2", {project, beforeMicros});
    transaction.commit();
    return gone.size();
}

}
