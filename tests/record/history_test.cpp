/// The store, on SQLite and, through integration/history_postgresql, on PostgreSQL: the same cases on both.
#include "record/history.h"
#include "record/migrations.h"
#include "support/history_bed.h"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

/// Runs `work` in a process that then dies without ceremony.
pid_t inChild(const std::function<void()>& work)
{
    const auto child = ::fork();
    if (child != 0)
        return child;
    int code = 0;
    try
    {
        work();
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "child: %s\n", error.what());
        code = 1;
    }
    ::_exit(code);
}

int exitOf(pid_t child)
{
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

struct Bed : HistoryBed
{
    std::vector<RunRecord> all(const std::string& project = "mcpctl") const
    {
        return History(target()).list({project, 0, "", 1000});
    }
};

bool says(const std::exception& error, const std::string& part)
{
    return std::string(error.what()).find(part) != std::string::npos;
}

}

BOOST_FIXTURE_TEST_SUITE(history_test, Bed)

BOOST_AUTO_TEST_CASE(a_run_comes_back_as_it_was)
{
    const auto run = sampleRun();
    History(target()).append({run});
    BOOST_TEST((History(target()).show(run.id) == run));
}

BOOST_AUTO_TEST_CASE(a_run_that_is_said_twice_is_there_once_and_its_end_stays)
{
    History history(target());
    const auto run = sampleRun();
    history.append({run, run});
    auto other = run;
    other.outcome = RunOutcome::failed;
    other.steps.push_back(run.steps[0]);
    history.append({other});
    BOOST_TEST(all().size() == 1U);
    BOOST_TEST((history.show(run.id) == run));

    const auto event = sampleEvent("mcpctl-dev-memory");
    history.append({event, event});
    BOOST_TEST(history.why("mcpctl", "mcpctl-dev-memory").events.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_end_closes_the_run_and_a_beginning_that_comes_late_does_not_open_it_again)
{
    History history(target());
    const auto open = openRun();
    auto ended = sampleRun();
    ended.id = open.id;
    ended.begunMicros = open.begunMicros;
    history.append({open});
    BOOST_TEST((history.show(open.id) == open));
    history.append({ended});
    history.append({open});
    BOOST_TEST((history.show(open.id) == ended));
}

BOOST_AUTO_TEST_CASE(a_run_whose_process_was_killed_is_interrupted_and_tells_what_it_was_about_to_do)
{
    const auto run = [this] { History(target()).append({openRun()}); };
    BOOST_TEST(exitOf(inChild(run)) == 0);
    const auto runs = all();
    BOOST_TEST(runs.size() == 1U);
    BOOST_TEST((runs[0].outcome == RunOutcome::interrupted));
    BOOST_TEST(History(target()).show(runs[0].id).steps.at(0).result == "planned");
}

BOOST_AUTO_TEST_CASE(a_run_of_a_living_process_stays_open)
{
    History(target()).append({openRun()});
    BOOST_TEST((all().at(0).outcome == RunOutcome::running));
}

BOOST_AUTO_TEST_CASE(the_next_run_of_the_project_closes_what_another_host_left_open)
{
    auto lost = openRun();
    lost.host = "elsewhere";
    auto foreign = openRun();
    foreign.project = "other";
    History history(target());
    history.append({lost, foreign});
    BOOST_TEST((all().at(0).outcome == RunOutcome::running));
    history.append({sampleRun()});
    BOOST_TEST((all().at(1).outcome == RunOutcome::interrupted));
    BOOST_TEST((all("other").at(0).outcome == RunOutcome::running));

    // Its end was only late: it waited in a journal.
    auto ended = sampleRun();
    ended.id = lost.id;
    history.append({ended});
    BOOST_TEST((history.show(lost.id).outcome == RunOutcome::done));
}

BOOST_AUTO_TEST_CASE(the_list_is_newest_first_and_of_what_was_asked_for)
{
    History history(target());
    std::vector<RunRecord> runs{sampleRun("a"), sampleRun("b"), sampleRun("a")};
    for (std::size_t i = 0; i < runs.size(); ++i)
        runs[i].begunMicros = static_cast<std::int64_t>(i + 1) * 1000;
    history.append({runs[0], runs[1], runs[2]});
    const auto ids = [&history](const HistoryFilter& filter)
    {
        std::vector<std::string> out;
        for (const auto& run : history.list(filter))
            out.push_back(run.id);
        return out;
    };
    BOOST_TEST((ids({"mcpctl", 0, "", 20}) == std::vector{runs[2].id, runs[1].id, runs[0].id}));
    BOOST_TEST((ids({"mcpctl", 2000, "", 20}) == std::vector{runs[2].id, runs[1].id}));
    BOOST_TEST((ids({"mcpctl", 0, "a", 20}) == std::vector{runs[2].id, runs[0].id}));
    BOOST_TEST((ids({"mcpctl", 0, "", 1}) == std::vector{runs[2].id}));
    BOOST_TEST(ids({"other", 0, "", 20}).empty());
}

BOOST_AUTO_TEST_CASE(a_run_is_found_by_how_its_id_starts_if_only_one_starts_so)
{
    History history(target());
    auto first = sampleRun();
    first.id = "aaaa-1";
    auto second = sampleRun();
    second.id = "aaaa-2";
    history.append({first, second});
    BOOST_TEST(history.show("aaaa-2").id == "aaaa-2");
    BOOST_CHECK_EXCEPTION(history.show("aa"), HistoryError,
                          [](const auto& error) { return says(error, "aaaa-1") && says(error, "aaaa-2"); });
    BOOST_CHECK_EXCEPTION(history.show("bb"), HistoryError, [](const auto& error) { return says(error, "no run bb"); });
    for (const auto* wrong : {"", "%", "a_", "' OR 1=1"})
        BOOST_CHECK_THROW(history.show(wrong), HistoryError);
}

BOOST_AUTO_TEST_CASE(why_goes_back_to_what_made_the_instance_and_no_further)
{
    History history(target());
    std::vector<Record> records;
    const auto add = [&records](const std::string& verb, const std::string& result, const std::string& object)
    {
        auto run = sampleRun(object);
        run.steps[0].verb = verb;
        run.steps[0].result = result;
        records.emplace_back(run);
    };
    add("create", "done", "x");
    records.emplace_back(sampleEvent("x"));
    add("replace", "done", "x");
    add("update", "done", "y");
    add("update", "done", "x");
    add("replace", "rolled back", "x");
    records.emplace_back(sampleEvent("x"));
    records.emplace_back(sampleEvent("y"));
    history.append(records);

    const auto why = history.why("mcpctl", "x");
    std::vector<std::string> steps;
    for (const auto& each : why.steps)
        steps.push_back(each.step.verb + " " + each.step.result);
    BOOST_TEST((steps == std::vector<std::string>{"replace rolled back", "update done", "replace done"}));
    BOOST_TEST(why.steps.back().run.revision == "0123456789abcdef-dirty");
    BOOST_TEST((why.steps.back().step.fields == sampleRun().steps[0].fields));
    BOOST_TEST(why.events.size() == 1U);
    BOOST_TEST(history.why("other", "x").steps.empty());
}

BOOST_AUTO_TEST_CASE(prune_forgets_what_is_old_with_all_its_changes_and_nothing_else)
{
    History history(target());
    auto old = sampleRun();
    old.begunMicros = 1000;
    auto foreign = old;
    foreign.id = newRecordId();
    foreign.project = "other";
    auto event = sampleEvent("mcpctl-dev-memory");
    event.timeMicros = 1000;
    const auto recent = sampleRun();
    history.append({old, foreign, event, recent});
    BOOST_TEST(history.prune("mcpctl", 2000) == 1U);
    BOOST_TEST(all().size() == 1U);
    BOOST_TEST(all("other").size() == 1U);
    BOOST_TEST((history.show(recent.id) == recent));
    Database database(target());
    BOOST_TEST(database.query("SELECT run FROM changes WHERE run = $1", {old.id}).empty());
    BOOST_TEST(database.query("SELECT id FROM events").empty());
}

BOOST_AUTO_TEST_CASE(hostile_texts_are_stored_as_text)
{
    const std::vector<std::string> hostile{
        "'; DROP TABLE runs; --", R"(" \ $1 ? :x {} %s %)", std::string("nul\0behind", 10), "broken \xff\xc3( utf-8",
        "\xed\xa0\x80",           "\x1b[31m\r\n\t",         "größer \xF0\x9F\x90\x8B",      std::string(200000, 'x')};
    History history(target());
    for (const auto& text : hostile)
    {
        auto run = sampleRun(text);
        run.who = run.error = run.paths[0] = run.steps[0].because = run.steps[0].fields[0].before = text;
        history.append({run});
        const auto found = history.show(run.id);
        BOOST_TEST(found.steps.at(0).fields.at(0).before == found.who);
    }
    BOOST_TEST(all().size() == hostile.size());
    BOOST_TEST(all().at(5).who == "nul\xEF\xBF\xBD"
                                  "behind");
    BOOST_TEST(all().at(1).who == "größer \xF0\x9F\x90\x8B");
    BOOST_TEST(all().at(0).who.size() < 70000U);
}

BOOST_AUTO_TEST_CASE(of_a_batch_that_fails_nothing_stays)
{
    History history(target());
    auto broken = sampleRun();
    broken.steps.push_back(broken.steps[0]);
    Database(target()).query("DROP TABLE changes");
    BOOST_CHECK_THROW(history.append({sampleRun(), broken}), HistoryError);
    BOOST_TEST(all().empty());
}

BOOST_AUTO_TEST_CASE(four_processes_that_start_at_once_lose_nothing)
{
    constexpr int each = 25;
    std::vector<pid_t> children;
    children.reserve(4);
    for (int i = 0; i < 4; ++i)
        children.push_back(inChild(
            [this, i]
            {
                for (int n = 0; n < each; ++n)
                {
                    auto run = sampleRun("object-" + std::to_string(i));
                    run.engineId = std::to_string(i);
                    History(target()).append({run});
                }
            }));
    for (const auto child : children)
        BOOST_TEST(exitOf(child) == 0);
    BOOST_TEST(all().size() == 4U * each);
    for (int i = 0; i < 4; ++i)
        BOOST_TEST(History(target()).list({"mcpctl", 0, "object-" + std::to_string(i), 1000}).size() ==
                   static_cast<std::size_t>(each));
}

BOOST_AUTO_TEST_CASE(a_database_of_version_1_is_brought_up_to_date_with_what_is_in_it)
{
    {
        Database database(target());
        std::ifstream in(MCPCTL_SOURCE_DIR "/tests/data/history/version-1.sql");
        for (std::string line; std::getline(in, line);)
            database.query(line.substr(0, line.rfind(';')));
    }
    History history(target());
    const auto why = history.why("mcpctl", "mcpctl-dev-memory");
    BOOST_TEST(why.steps.size() == 1U);
    BOOST_TEST(why.steps[0].step.fields.at(0).after == "512Mi");
    BOOST_TEST((why.steps[0].run.paths == std::vector<std::string>{"/srv/manifests"}));
    history.append({sampleEvent("mcpctl-dev-memory")});
    BOOST_TEST(Database(target()).query("SELECT max(version) FROM schema_version")[0][0] ==
               std::to_string(schemaVersion()));
}

BOOST_AUTO_TEST_CASE(a_database_of_a_newer_program_is_refused_and_left_alone)
{
    History(target()).append({sampleRun()});
    Database database(target());
    database.query("INSERT INTO schema_version (version) VALUES (99)");
    BOOST_CHECK_EXCEPTION(History{target()}, HistoryError,
                          [](const auto& error) { return says(error, "schema 99") && says(error, "newer mcpctl"); });
    BOOST_TEST(database.query("SELECT id FROM runs").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_is_for_its_owner_alone_and_so_is_its_folder)
{
    const auto file = folder().path() / "new" / "folder" / "history.db";
    const History history(parseHistoryTarget(file.string()));
    struct stat status
    {
    };
    for (const auto& [path, mode] :
         {std::pair{file, 0600U}, {file.parent_path(), 0700U}, {folder().path() / "new", 0700U}})
    {
        BOOST_TEST(::stat(path.c_str(), &status) == 0);
        BOOST_TEST((status.st_mode & 0777U) == mode, path);
    }
}

BOOST_AUTO_TEST_SUITE_END()
