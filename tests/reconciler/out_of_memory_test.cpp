#include "app/pipeline.h"
#include "app/saved_plan.h"
#include "docker/proc_text.h"
#include "model/json_text.h"
#include "record/database.h"
#include "record/history.h"
#include "record/recorder.h"
#include "support/history_bed.h"
#include "support/slow_build.h"
#include "support/temporary_folder.h"
#include "support/trial.h"
#include "support/whole_or_nothing.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <new>
#include <optional>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

using namespace mcpctl;
using namespace mcpctl::test;

// Each allocation fails in turn. What was asked for is then either done as without, or an error; and whatever that
// leaves behind, the next run makes good.

namespace
{

constexpr std::size_t density = slowBuild ? 25 : 200;

boost::test_tools::assertion_result allocationsFail(boost::unit_test::test_unit_id)
{
    return AllocFault::works();
}

}

BOOST_AUTO_TEST_SUITE(out_of_memory_test, *boost::unit_test::precondition(allocationsFail))

BOOST_AUTO_TEST_CASE(manifests_are_read_as_they_are_or_not_at_all)
{
    GlobalOptions global;
    global.project = "mcpctl";
    // Files, for the folder iterator of libstdc++ ends the program instead of throwing.
    std::vector<std::string> paths;
    for (const auto& each : std::filesystem::directory_iterator(MCPCTL_SOURCE_DIR "/manifests/quickstart"))
        paths.push_back(each.path().string());
    const auto planOf = [&](const Declared& declared)
    { return declared.valid() ? renderPlan(diff(declared.desired, {}, {})) : std::string("invalid"); };
    const auto whole = planOf(declare(global, paths, std::cin));
    std::optional<Declared> declared;
    const auto failed = failEachAllocation(
        density, [&] { declared = orNothing([&] { return declare(global, paths, std::cin); }); },
        [&](std::size_t n)
        {
            if (declared && declared->valid())
                BOOST_TEST(planOf(*declared) == whole, n);
        });
    BOOST_TEST_MESSAGE(fmt::format("{} allocations failed", failed));
    BOOST_TEST(failed > 150U);
    BOOST_TEST(planOf(declared.value()) == whole);
}

BOOST_AUTO_TEST_CASE(a_plan_is_whole_or_not_made)
{
    std::size_t failed = 0;
    for (const auto& scenario : scenarios())
    {
        const Trial trial(scenario);
        const auto whole = renderPlan(trial.fleet.plan());
        std::optional<Plan> plan;
        failed += failEachAllocation(
            density / 5, [&] { plan = orNothing([&] { return trial.fleet.plan(); }); },
            [&](std::size_t n)
            {
                if (plan)
                    BOOST_TEST(renderPlan(*plan) == whole, scenario.name << ", allocation " << n);
            });
    }
    BOOST_TEST_MESSAGE(fmt::format("{} scenarios, {} allocations failed", scenarios().size(), failed));
    BOOST_TEST(failed > 500U);
}

BOOST_AUTO_TEST_CASE(a_pass_that_runs_out_of_memory_loses_nothing_and_the_next_one_reaches_what_is_declared)
{
    std::size_t failed = 0;
    for (const auto& scenario : scenarios())
    {
        std::optional<Trial> trial(std::in_place, scenario);
        failed += failEachAllocation(
            density / 3, [&] { orNothing([&] { return trial->fleet.apply(); }); },
            [&](std::size_t n)
            {
                if (const auto wrong = trial->wrongNowOrAfterNextPass(); !wrong.empty())
                    BOOST_ERROR(fmt::format("{}, allocation {}: {}", scenario.name, n, wrong));
                trial.emplace(scenario);
            });
    }
    BOOST_TEST_MESSAGE(fmt::format("{} scenarios, {} allocations failed", scenarios().size(), failed));
    BOOST_TEST(failed > 800U);
}

BOOST_AUTO_TEST_CASE(a_saved_plan_is_the_new_one_or_the_one_before_and_is_read_whole_or_not)
{
    const TemporaryFolder folder(folderInMemory());
    const auto file = (folder.path() / "plan.json").string();
    ReconcileOptions options;
    options.paths = {"manifests/"};
    Trial trial(scenarios().back());
    const auto plan = trial.fleet.plan();
    const auto text = [&]
    {
        std::ifstream in(file);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    savePlan(file, plan, options);
    const auto after = text();
    savePlan(file, Plan{}, options);
    const auto before = text();
    std::size_t failed = failEachAllocation(
        density,
        [&]
        {
            orNothing(
                [&]
                {
                    savePlan(file, plan, options);
                    return true;
                });
        },
        [&](std::size_t n) { BOOST_TEST((text() == before || text() == after), n); });
    BOOST_TEST((text() == after));
    std::optional<SavedPlan> saved;
    failed += failEachAllocation(
        density, [&] { saved = orNothing([&] { return readPlan(file); }); },
        [&](std::size_t n)
        {
            if (saved)
                BOOST_TEST(!staleness(*saved, plan).has_value(), n);
        });
    BOOST_TEST_MESSAGE(fmt::format("{} allocations failed", failed));
    BOOST_TEST(failed > 150U);
}

/// In a process of its own, which may end without ceremony.
BOOST_AUTO_TEST_CASE(a_run_that_runs_out_of_memory_while_it_records_loses_nothing_that_was_recorded)
{
    const std::vector<RunRecord> runs{sampleRun("a"), sampleRun("b"), sampleRun("c")};
    std::size_t n = 0;
    for (bool ended = false; !ended; n += 1 + n / (density * 4))
    {
        const TemporaryFolder folder(folderInMemory());
        const auto target = parseHistoryTarget((folder.path() / "history.db").string());
        const auto record = [&](const RunRecord& run)
        {
            Recorder recorder(target, folder.path() / "journal", {});
            recorder.record(run);
            return recorder.status().lost == 0;
        };
        const auto child = ::fork();
        if (child == 0)
        {
            for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) // which Boost would make a failure of this copy
                std::signal(signal, SIG_DFL);
            std::set_terminate([] { std::abort(); });
            const AllocFault fault(n);
            const auto kept = orNothing([&] { return record(runs[0]); });
            ::_exit(!fault.struck() ? 0 : kept.value_or(false) ? 1 : 2);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) <= 2), "allocation " << n << ": " << status);
        ended = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        record(runs[1]);
        record(runs[2]);
        std::vector<std::string> stored;
        for (const auto& run : History(target).list({"mcpctl", 0, "", 10}))
            stored.insert(stored.begin(), run.id);
        if (WIFEXITED(status) && WEXITSTATUS(status) < 2)
            BOOST_TEST(std::count(stored.begin(), stored.end(), runs[0].id) == 1, "allocation " << n);
        for (const auto& each : {runs[1], runs[2]})
            BOOST_TEST(std::count(stored.begin(), stored.end(), each.id) == 1, "allocation " << n);
    }
    BOOST_TEST_MESSAGE(fmt::format("{} allocations", n));
    BOOST_TEST(n > 150U);
}

BOOST_AUTO_TEST_CASE(a_statement_of_the_history_is_executed_whole_or_not_at_all)
{
    const TemporaryFolder folder(folderInMemory());
    Database database(parseHistoryTarget((folder.path() / "history.db").string()));
    // SQLite takes the first half of this for a setting that it does not know, and says nothing.
    const std::string statement = "PRAGMA journal_mode";
    const auto rows = [&] { return database.query(statement); };
    BOOST_TEST((rows() == std::vector<SqlRow>{{"wal"}}));
    BOOST_TEST(wholeOrNothing(density, rows) > 10U);
}

BOOST_AUTO_TEST_CASE(what_the_kernel_says_is_read_whole_or_not_at_all)
{
    const std::string line = "22 1 8:1 /var/lib/something-long /mnt/somewhere-long rw,relatime shared:1 - ext4 "
                             "/dev/a-device-with-a-long-name rw,a-long-option-of-this-file-system\n";
    const auto text = line + line + line;
    const auto shown = [&]
    {
        std::string out;
        for (const auto& each : docker::mountLines(text))
            out += fmt::format("{} {}\n", each.point, fmt::join(each.options, ","));
        return out;
    };
    BOOST_TEST(wholeOrNothing(density, shown) > 30U);
}

BOOST_AUTO_TEST_CASE(json_is_written_whole_or_not_at_all)
{
    Poco::JSON::Object json;
    for (int i = 0; i < 50; ++i)
        json.set(fmt::format("key{}", i), std::string(100, 'x'));
    BOOST_TEST(wholeOrNothing(density, [&] { return jsonText(json); }) > 3U);
}

BOOST_AUTO_TEST_SUITE_END()
