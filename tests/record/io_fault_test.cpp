/// What becomes of files when a call of the operating system fails: each call in turn, each in several ways.
#include "app/lock.h"
#include "app/pipeline.h"
#include "app/saved_plan.h"
#include "record/recorder.h"
#include "support/fleet.h"
#include "support/history_bed.h"
#include "support/io_fault.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

using Call = IoFault::Call;

struct Way
{
    const char* name;
    int error;
    bool lasting; ///< all calls of its kind from then on fail, too
};

constexpr Way ways[]{{"EIO", EIO, false},
                     {"EIO from then on", EIO, true},
                     {"ENOSPC", ENOSPC, false},
                     {"ENOSPC from then on", ENOSPC, true},
                     {"half a write", IoFault::shortWrite, false},
                     {"EAGAIN from then on", EAGAIN, true}};

/// Is it an error that such a call can have?
bool suits(const Way& way, Call call)
{
    switch (way.error)
    {
    case IoFault::shortWrite:
        return call == Call::write;
    case ENOSPC: // what only reads or frees needs no space
        return call == Call::open || call == Call::write || call == Call::sync || call == Call::rename;
    case EAGAIN: // as one that somebody else holds
        return call == Call::lock;
    default:
        return call != Call::lock;
    }
}

/// Each way at each call of `work` with something below `folder`; `before` makes the folder ready, `after` judges.
/// Returns how many faults there were.
template <typename Before, typename Work, typename After>
std::size_t failEachCall(const std::filesystem::path& folder, const Before& before, const Work& work,
                         const After& after)
{
    std::size_t faults = 0;
    for (const auto& way : ways)
        for (std::size_t point = 0;; ++point)
        {
            before();
            bool struck = false;
            std::size_t calls = 0;
            {
                const IoFault fault(folder,
                                    [&](Call call, std::size_t n)
                                    {
                                        if (!suits(way, call) || (n != point && !(way.lasting && n > point)))
                                            return 0;
                                        struck = struck || n == point;
                                        return way.error;
                                    });
                work();
                calls = fault.calls();
            }
            if (calls <= point)
                break;
            if (!struck)
                continue;
            ++faults;
            after(fmt::format("{} at call {}", way.name, point));
        }
    BOOST_TEST_MESSAGE(fmt::format("{} faults", faults));
    return faults;
}

std::string textOf(const std::filesystem::path& file)
{
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Bed
{
    TemporaryFolder folder{folderInMemory()};
    std::filesystem::path state = folder.path() / "state";

    void clear() const
    {
        std::filesystem::remove_all(state);
        std::filesystem::create_directory(state);
    }
};

boost::test_tools::assertion_result ioIsWatched(boost::unit_test::test_unit_id)
{
    return IoFault::works();
}

}

BOOST_FIXTURE_TEST_SUITE(io_fault_test, Bed, *boost::unit_test::precondition(ioIsWatched))

BOOST_AUTO_TEST_CASE(a_plan_that_cannot_be_saved_leaves_the_one_before_and_no_rest)
{
    const auto file = (state / "plan.json").string();
    ReconcileOptions options;
    options.paths = {"manifests/"};
    Fleet fleet;
    fleet.declare("memory");
    const auto plan = fleet.plan();
    bool saved = false;
    std::string old;
    const auto faults = failEachCall(
        state,
        [&]
        {
            clear();
            savePlan(file, Plan{}, options);
            old = textOf(file);
        },
        [&]
        {
            saved = true;
            try
            {
                savePlan(file, plan, options);
            }
            catch (const SavedPlanError&)
            {
                saved = false;
            }
        },
        [&](const std::string& what)
        {
            BOOST_TEST((textOf(file) == old) == !saved, what);
            if (saved)
                BOOST_TEST(!staleness(readPlan(file), plan).has_value(), what);
            if (what.find("from then on") == std::string::npos)
                BOOST_TEST(!std::filesystem::exists(file + ".new"), what);
        });
    BOOST_TEST(faults >= 12U);
}

BOOST_AUTO_TEST_CASE(a_saved_plan_and_manifests_are_read_whole_or_not_at_all)
{
    GlobalOptions global;
    global.project = "mcpctl";
    const auto server = [](const std::string& name)
    {
        return "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: " + name + "}\nspec: {image: \"a:1\"}\n---\n" +
               "apiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: p" + name +
               "}\nspec: {servers: [{server: " + name + "}]}\n";
    };
    std::optional<Declared> declared;
    const auto faults = failEachCall(
        state,
        [&]
        {
            clear();
            folder.write("state/manifests/a.yaml", server("a"));
            folder.write("state/manifests/deep/b.yaml", server("b"));
        },
        [&] { declared = declare(global, {(state / "manifests").string()}, std::cin); },
        [&](const std::string& what)
        { BOOST_TEST((!declared->valid() || declared->desired.instances.size() == 2U), what); });
    BOOST_TEST(faults >= 15U);

    const auto file = (state / "plan.json").string();
    ReconcileOptions options;
    options.paths = {"manifests/"};
    savePlan(file, Plan{}, options);
    std::optional<SavedPlan> saved;
    const auto others = failEachCall(
        state, [] {},
        [&]
        {
            saved.reset();
            try
            {
                saved = readPlan(file);
            }
            catch (const SavedPlanError&)
            {
                return;
            }
        },
        [&](const std::string& what) { BOOST_TEST((!saved || !staleness(*saved, Plan{})), what); });
    BOOST_TEST(others >= 3U);
}

BOOST_AUTO_TEST_CASE(what_a_journal_took_is_given_back_in_order_whatever_failed)
{
    std::vector<std::string> taken;
    std::set<std::string> tried;
    const auto addOne = [&](Journal& journal)
    {
        const auto run = sampleRun();
        tried.insert(run.id);
        journal.add(run);
        taken.push_back(run.id);
    };
    std::vector<std::string> given;
    const auto give = [&](const std::vector<Record>& records)
    {
        for (const auto& record : records)
            given.push_back(std::get<RunRecord>(record).id);
    };
    const auto faults = failEachCall(
        state,
        [&]
        {
            clear();
            taken.clear();
            tried.clear();
            given.clear();
            Journal journal(state / "journal");
            addOne(journal);
        },
        [&]
        {
            for (int i = 0; i < 3; ++i)
                try
                {
                    Journal journal(state / "journal");
                    addOne(journal);
                    if (i == 1)
                        journal.flush(give);
                }
                catch (const HistoryError&)
                {
                    continue;
                }
        },
        [&](const std::string& what)
        {
            Journal journal(state / "journal");
            addOne(journal);
            journal.flush(give);
            // What was said not to be kept may be there, and what was given may come again.
            std::erase_if(given, [&](const auto& id)
                          { return std::find(taken.begin(), taken.end(), id) == taken.end() && tried.contains(id); });
            std::vector<std::string> once;
            for (const auto& id : given)
                if (std::find(once.begin(), once.end(), id) == once.end())
                    once.push_back(id);
            BOOST_TEST(once == taken, what << ": " << once.size() << " of " << taken.size());
        });
    BOOST_TEST(faults >= 60U);
}

BOOST_AUTO_TEST_CASE(whatever_fails_under_the_history_no_record_is_lost_or_doubled)
{
    for (const bool database : {true, false}) // else everything, journal included
    {
        const auto target = parseHistoryTarget((state / "db" / "history.db").string());
        std::vector<std::string> ids;
        const auto record = [&](int count)
        {
            Recorder::Options options;
            options.firstRetry = std::chrono::milliseconds(0);
            Recorder recorder(target, state / "journal", options);
            for (int i = 0; i < count; ++i)
            {
                auto run = sampleRun();
                run.begunMicros = static_cast<std::int64_t>(ids.size() + 1);
                ids.push_back(run.id);
                recorder.record(std::move(run));
            }
        };
        const auto faults = failEachCall(
            database ? state / "db" : state,
            [&]
            {
                ids.clear();
                clear();
                record(1);
            },
            [&] { record(2); },
            [&](const std::string& what)
            {
                if (!database && what.find("from then on") != std::string::npos)
                    return; // nothing can be kept anywhere, and that is said
                record(1);
                std::vector<std::string> stored;
                for (const auto& run : History(target).list({"mcpctl", 0, "", 100}))
                    stored.insert(stored.begin(), run.id);
                BOOST_TEST(stored == ids, what << ": " << stored.size() << " of " << ids.size());
            });
        BOOST_TEST(faults >= 100U);
    }
}

BOOST_AUTO_TEST_CASE(a_database_file_that_cannot_be_opened_holds_nobody_up)
{
    const auto file = state / "history.db";
    const auto begun = std::chrono::steady_clock::now();
    const IoFault fault(state, [](Call call, std::size_t n) { return call == Call::open && n > 1 ? EMFILE : 0; });
    BOOST_CHECK_EXCEPTION(History(parseHistoryTarget(file.string())), HistoryError,
                          [](const HistoryError& error)
                          { return std::string(error.what()).find("unable to open") != std::string::npos; });
    BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(5)));
}

BOOST_AUTO_TEST_CASE(a_lock_is_held_or_it_is_an_error_that_says_why)
{
    std::optional<std::string> why;
    const auto faults = failEachCall(
        state, [&] { clear(); },
        [&]
        {
            why.reset();
            try
            {
                const Lock lock(state / "lock", "engine", "mcpctl", "apply");
                BOOST_CHECK_THROW(Lock(state / "lock", "engine", "mcpctl", "apply"), std::runtime_error);
            }
            catch (const std::runtime_error& error)
            {
                why = error.what();
            }
        },
        [&](const std::string& what)
        {
            BOOST_TEST((!why || why->find("lock") != std::string::npos), what);
            BOOST_CHECK_NO_THROW(Lock(state / "lock", "engine", "mcpctl", "apply"));
        });
    BOOST_TEST(faults >= 8U);
}

BOOST_AUTO_TEST_SUITE_END()
