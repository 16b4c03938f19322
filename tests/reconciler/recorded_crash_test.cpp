#include "app/run_recording.h"
#include "record/history.h"
#include "support/history_bed.h"
#include "support/io_fault.h"
#include "support/slow_build.h"
#include "support/trial.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <optional>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mcpctl;
using namespace mcpctl::test;

// A pass with its history is killed by a real SIGKILL: before and after each thing that it changes on the engine, and
// before each thing that it writes to the history or, while that is away, to its journal. One more pass then has to
// reach what is declared, and history has to know both runs, each once and none of them open.

namespace
{

/// What the one who was killed tells the one who looks after it.
struct Told
{
    std::atomic<std::size_t> moments = 0;
    std::atomic<std::size_t> ofEngine = 0;
    std::atomic<bool> begun = false; ///< the record of the beginning is safe
    std::atomic<bool> ended = false;
};

class SharedTold
{
public:
    SharedTold()
        : progress_(new (::mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Told)
    {
    }
    ~SharedTold() { ::munmap(progress_, sizeof(Told)); }
    SharedTold(const SharedTold&) = delete;
    SharedTold& operator=(const SharedTold&) = delete;

    Told* operator->() const { return progress_; }

private:
    Told* progress_;
};

enum class HistoryIs
{
    there,
    fresh, ///< without a schema yet
    away,  ///< until the next pass
};

/// A place for history that can be away: then a file is where its folder should be.
struct Place
{
    explicit Place(HistoryIs state)
    {
        if (state == HistoryIs::there)
            History{target};
        if (state == HistoryIs::away)
            std::ofstream(folder.path() / "db") << "not a folder";
    }

    void back() const
    {
        std::error_code none;
        if (std::filesystem::is_regular_file(folder.path() / "db", none))
            std::filesystem::remove(folder.path() / "db");
    }

    std::filesystem::path waiting() const { return folder.path() / "journal"; }

    TemporaryFolder folder{folderInMemory()};
    HistoryTarget target = parseHistoryTarget((folder.path() / "db" / "history.db").string());
};

/// As the command does it.
Outcomes recordedPass(Fleet& fleet, const Place& place, Told* progress = nullptr)
{
    Recorder::Options options;
    options.firstRetry = std::chrono::seconds(30);
    Recorder recorder(place.target, place.waiting(), options);
    RunRecording recording(recorder, "apply", {});
    const auto plan = fleet.plan();
    recording.begin(plan, "");
    if (progress != nullptr)
        progress->begun = !plan.steps.empty();
    const auto outcomes = fleet.run(plan);
    recording.end(outcomes, false);
    if (progress != nullptr)
        progress->ended = true;
    return outcomes;
}

/// In a process of its own, which ends at moment `point` at the latest. True: it was killed there.
bool passAndDie(Fleet& fleet, const Place& place, std::size_t point, const SharedTold& progress)
{
    const auto child = ::fork();
    if (child == 0)
    {
        const auto moment = [&]
        {
            if (progress->moments++ == point)
                ::kill(::getpid(), SIGKILL);
        };
        fleet.engine.intercept(
            [&](MemoryEngine::When, bool writes, const std::string&)
            {
                if (!writes)
                    return;
                moment();
                ++progress->ofEngine;
            });
        const IoFault watch(place.folder.path(),
                            [&](IoFault::Call call, std::size_t)
                            {
                                using Call = IoFault::Call;
                                if (call == Call::write || call == Call::sync || call == Call::truncate ||
                                    call == Call::rename)
                                    moment();
                                return 0;
                            });
        recordedPass(fleet, place, progress.operator->());
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST((WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0));
    return WIFSIGNALED(status);
}

std::string wrongInHistory(const Place& place, const SharedTold& progress)
{
    History history(place.target); // as a reader has it: with what waits
    Journal(place.waiting()).flush([&](const std::vector<Record>& records) { history.append(records); });
    const auto runs = history.list({"mcpctl", 0, "", 100});
    std::string shown;
    for (const auto& run : runs)
        shown += fmt::format(" {} {}", run.id, toString(run.outcome));
    for (const auto& run : runs)
        if (run.outcome == RunOutcome::running)
            return "a run is left open:" + shown;
    if (progress->ofEngine > 0 && !progress->begun)
        return "the engine was touched before history knew";
    if (runs.empty() || runs.size() > 2 || (runs.size() == 1 && (progress->begun || progress->ended)))
        return fmt::format("{} runs:{}", runs.size(), shown);
    if (progress->ended && runs.back().outcome == RunOutcome::interrupted)
        return "an end that was recorded is lost:" + shown;
    return "";
}

/// Every `stride`-th moment of `scenario`, beginning with `first`; returns how many there were.
std::size_t killEverywhere(const Scenario& scenario, HistoryIs state, std::size_t first, std::size_t stride)
{
    std::size_t kills = 0;
    for (std::size_t point = first;; point += stride)
    {
        Trial trial(scenario);
        const Place place(state);
        const SharedTold progress;
        if (!passAndDie(trial.fleet, place, point, progress))
            return kills;
        ++kills;
        trial.fleet.applyAndDie(progress->ofEngine); // to where the engine of the one who died is
        place.back();
        auto wrong = trial.wrongAfter(recordedPass(trial.fleet, place));
        if (wrong.empty())
            wrong = wrongInHistory(place, progress);
        if (!wrong.empty())
            BOOST_ERROR(fmt::format("{}, killed at moment {}: {}", scenario.name, point, wrong));
    }
}

std::size_t killAll(HistoryIs state, std::size_t stride)
{
    std::size_t kills = 0;
    std::size_t number = 0;
    for (const auto& scenario : scenarios())
        kills += killEverywhere(scenario, state, number++ % stride, stride);
    BOOST_TEST_MESSAGE(fmt::format("{} scenarios, {} kill points", scenarios().size(), kills));
    return kills;
}

boost::test_tools::assertion_result ioIsWatched(boost::unit_test::test_unit_id)
{
    return IoFault::works();
}

}

BOOST_AUTO_TEST_SUITE(recorded_crash_test, *boost::unit_test::precondition(ioIsWatched))

BOOST_AUTO_TEST_CASE(killed_at_any_write_to_engine_or_history_no_run_is_left_open_and_none_is_lost)
{
    constexpr std::size_t stride = slowBuild ? 7 : 1;
    BOOST_TEST(killAll(HistoryIs::there, stride) * stride >= 1'500U);
}

BOOST_AUTO_TEST_CASE(killed_at_any_write_while_the_history_is_away_what_the_journal_has_follows)
{
    constexpr std::size_t stride = slowBuild ? 5 : 1;
    BOOST_TEST(killAll(HistoryIs::away, stride) * stride >= 500U);
}

BOOST_AUTO_TEST_CASE(killed_at_any_write_of_a_history_that_is_just_being_made_the_next_run_makes_it)
{
    BOOST_TEST(killEverywhere(scenarios().front(), HistoryIs::fresh, 0, slowBuild ? 3 : 1) > 30U);
}

BOOST_AUTO_TEST_SUITE_END()
