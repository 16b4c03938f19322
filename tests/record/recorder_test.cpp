/// Records on their way: to the database, or through the journal when it is away.
#include "record/recorder.h"
#include "support/history_bed.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <future>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

/// A database that is away as long as `block` is a file where its folder should be.
struct Bed
{
    TemporaryFolder folder;
    std::filesystem::path block = folder.path() / "db";
    std::filesystem::path waiting = folder.path() / "journal";
    HistoryTarget target = parseHistoryTarget((block / "history.db").string());
    std::vector<std::string> warnings;
    std::mutex mutex;

    void away() const { std::ofstream(block) << "not a folder"; }
    void back() const { std::filesystem::remove(block); }

    Recorder::Options options(Recorder::Mode mode = Recorder::Mode::now)
    {
        Recorder::Options out;
        out.mode = mode;
        out.warn = [this](const std::string& text)
        {
            const std::lock_guard lock(mutex);
            warnings.push_back(text);
        };
        out.firstRetry = out.lastRetry = std::chrono::milliseconds(20);
        return out;
    }
    std::vector<std::string> stored() const
    {
        std::vector<std::string> ids;
        for (const auto& run : History(target).list({"mcpctl", 0, "", 10000}))
            ids.push_back(run.id);
        std::reverse(ids.begin(), ids.end());
        return ids;
    }
};

/// Somebody who writes to the journal, and whose disk takes its time.
struct SlowDisk
{
    explicit SlowDisk(const std::filesystem::path& journal)
    {
        std::filesystem::create_directories(journal);
        fd_ = ::open((journal / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        BOOST_REQUIRE(::flock(fd_, LOCK_EX) == 0);
    }
    ~SlowDisk() { ::close(fd_); }
    SlowDisk(const SlowDisk&) = delete;
    SlowDisk& operator=(const SlowDisk&) = delete;

private:
    int fd_ = -1;
};

RunRecord numbered(int number)
{
    auto run = sampleRun();
    run.begunMicros = number + 1;
    return run;
}

template <typename Condition>
bool eventually(const Condition& condition)
{
    for (int i = 0; i < 1000 && !condition(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return condition();
}

}

BOOST_FIXTURE_TEST_SUITE(recorder_test, Bed)

BOOST_AUTO_TEST_CASE(a_database_that_is_there_gets_the_record_at_once_and_nothing_is_said)
{
    Recorder recorder(target, waiting, options());
    const auto run = numbered(0);
    recorder.record(run);
    BOOST_TEST((stored() == std::vector{run.id}));
    BOOST_TEST(warnings.empty());
    BOOST_TEST(!std::filesystem::exists(waiting));
}

BOOST_AUTO_TEST_CASE(what_is_not_due_waits_on_disk_and_the_file_is_not_opened_for_it)
{
    const auto unchanged = numbered(0);
    const auto changed = numbered(1);
    Recorder(target, waiting, options()).record(unchanged, Recorder::Haste::none);
    BOOST_TEST(!std::filesystem::exists(target.file));
    BOOST_TEST(!Journal(waiting).empty());
    Recorder(target, waiting, options()).record(changed);
    BOOST_TEST((stored() == std::vector{unchanged.id, changed.id}));
    BOOST_TEST(Journal(waiting).empty());
    BOOST_TEST(warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_database_is_opened_ahead_of_the_first_record_and_gets_what_waited)
{
    const auto waited = numbered(0);
    Recorder(target, waiting, options()).record(waited, Recorder::Haste::none);
    Recorder recorder(target, waiting, options());
    recorder.deliver();
    BOOST_TEST((stored() == std::vector{waited.id}));
    BOOST_TEST(Journal(waiting).empty());
    BOOST_TEST(warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_database_that_was_away_when_opened_ahead_is_not_waited_for_again_at_once)
{
    away();
    auto slowly = options();
    slowly.firstRetry = slowly.lastRetry = std::chrono::minutes(1);
    Recorder recorder(target, waiting, slowly);
    recorder.deliver();
    BOOST_TEST(warnings.size() == 1U);
    back();
    recorder.record(numbered(0));
    BOOST_TEST(!std::filesystem::exists(target.file)); // it was not asked
    BOOST_TEST(!Journal(waiting).empty());
}

BOOST_AUTO_TEST_CASE(much_that_is_not_due_is_written_all_the_same)
{
    int number = 0;
    for (; number < 10000 && !std::filesystem::exists(target.file); ++number)
        Recorder(target, waiting, options()).record(numbered(number), Recorder::Haste::none);
    BOOST_TEST(number > 1);
    BOOST_TEST(stored().size() == static_cast<std::size_t>(number));
    BOOST_TEST(Journal(waiting).empty());
}

BOOST_AUTO_TEST_CASE(a_database_of_a_team_gets_what_is_not_due_too)
{
    target = parseHistoryTarget("postgresql://127.0.0.1:1/mcpctl");
    Recorder(target, waiting, options()).record(numbered(0), Recorder::Haste::none);
    BOOST_TEST(warnings.size() == 1U); // it was asked
}

BOOST_AUTO_TEST_CASE(what_is_not_due_and_finds_no_room_in_the_journal_goes_to_the_database)
{
    std::ofstream(waiting) << "not a folder";
    const auto run = numbered(0);
    Recorder(target, waiting, options()).record(run, Recorder::Haste::none);
    BOOST_TEST((stored() == std::vector{run.id}));
}

BOOST_AUTO_TEST_CASE(what_came_while_the_database_was_away_follows_in_order_and_once)
{
    std::vector<std::string> ids;
    const auto record = [&ids](Recorder& recorder)
    {
        const auto run = numbered(static_cast<int>(ids.size()));
        ids.push_back(run.id);
        recorder.record(run);
    };
    away();
    for (int process = 0; process < 3; ++process)
    {
        Recorder recorder(target, waiting, options());
        record(recorder);
        record(recorder);
        BOOST_TEST(recorder.status().waitingBytes > 0U);
        BOOST_TEST(!recorder.status().trouble.empty());
    }
    BOOST_TEST(warnings.size() == 3U); // once each
    back();
    Recorder recorder(target, waiting, options());
    record(recorder);
    BOOST_TEST((stored() == ids));
    BOOST_TEST(recorder.status().waitingBytes == 0U);
}

BOOST_AUTO_TEST_CASE(in_the_background_it_tries_again_by_itself)
{
    away();
    Recorder recorder(target, waiting, options(Recorder::Mode::background));
    std::vector<std::string> ids;
    for (int i = 0; i < 20; ++i)
    {
        const auto run = numbered(i);
        ids.push_back(run.id);
        recorder.record(run);
    }
    BOOST_TEST(eventually([&] { return !recorder.status().trouble.empty(); }));
    back();
    BOOST_TEST(eventually([&] { return recorder.status().waitingBytes == 0; }));
    BOOST_TEST((stored() == ids));
    const auto last = numbered(20);
    ids.push_back(last.id);
    recorder.record(last);
    BOOST_TEST(eventually([&] { return stored() == ids; }));
    const std::lock_guard lock(mutex);
    BOOST_TEST(warnings.size() == 2U);
    BOOST_TEST(warnings.back().find("written again") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_disk_that_takes_its_time_holds_up_neither_the_status_nor_an_event)
{
    away();
    Recorder recorder(target, waiting, options(Recorder::Mode::background));
    std::optional<SlowDisk> slow(waiting);
    auto run = std::async(std::launch::async, [&] { recorder.record(numbered(0)); });
    auto others = std::async(std::launch::async,
                             [&]
                             {
                                 // Not before the run waits for its place on disk.
                                 std::this_thread::sleep_for(std::chrono::milliseconds(50));
                                 recorder.record(sampleEvent("web"));
                                 return recorder.status();
                             });
    BOOST_TEST((others.wait_for(std::chrono::seconds(30)) == std::future_status::ready));
    BOOST_TEST((run.wait_for(std::chrono::seconds(0)) == std::future_status::timeout));
    slow.reset();
    run.get();
    BOOST_TEST(others.get().lost == 0U);
}

BOOST_AUTO_TEST_CASE(more_events_than_fit_into_memory_go_to_disk_while_the_database_is_away)
{
    away();
    {
        Recorder recorder(target, waiting, options(Recorder::Mode::background));
        for (int i = 0; i < 3000; ++i)
            recorder.record(sampleEvent("web"));
        BOOST_TEST(recorder.status().lost == 0U);
    }
    std::size_t waited = 0;
    Journal(waiting).flush([&](const std::vector<Record>& records) { waited += records.size(); });
    BOOST_TEST(waited == 3000U);
}

BOOST_AUTO_TEST_CASE(events_reach_a_database_that_is_there_past_the_journal)
{
    Recorder recorder(target, waiting, options(Recorder::Mode::background));
    recorder.record(sampleEvent("web"));
    const auto there = [&] { return !History(target).why("mcpctl", "web").events.empty(); };
    BOOST_TEST(eventually(there));
    BOOST_TEST(!std::filesystem::exists(waiting));
}

BOOST_AUTO_TEST_CASE(threads_may_record_at_once)
{
    {
        Recorder recorder(target, waiting, options(Recorder::Mode::background));
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int i = 0; i < 4; ++i)
            threads.emplace_back(
                [&recorder]
                {
                    for (int n = 0; n < 25; ++n)
                        recorder.record(sampleRun());
                });
    }
    BOOST_TEST(stored().size() == 100U);
}

BOOST_AUTO_TEST_CASE(with_neither_database_nor_room_on_disk_nothing_throws_and_it_is_said)
{
    away();
    std::ofstream(waiting) << "not a folder";
    {
        Recorder recorder(target, waiting, options());
        recorder.record(numbered(0));
        BOOST_TEST(warnings.size() == 2U);
    }
    BOOST_TEST(warnings.back().find("lost") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_held_in_memory_for_want_of_room_is_written_when_there_is_some)
{
    away();
    std::ofstream(waiting) << "not a folder";
    Recorder recorder(target, waiting, options());
    const auto first = numbered(0);
    recorder.record(first);
    back();
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    const auto second = numbered(1);
    recorder.record(second);
    BOOST_TEST((stored() == std::vector{first.id, second.id}));
}

BOOST_AUTO_TEST_CASE(a_full_journal_says_how_much_it_dropped)
{
    away();
    auto small = options();
    small.limits = {.bytes = 10000, .segmentBytes = 1000};
    Recorder recorder(target, waiting, small);
    for (int i = 0; i < 50; ++i)
        recorder.record(numbered(i));
    BOOST_TEST(recorder.status().dropped > 0U);
    BOOST_TEST(std::any_of(warnings.begin(), warnings.end(),
                           [](const std::string& text) { return text.find("dropped") != std::string::npos; }));
}

BOOST_AUTO_TEST_CASE(switched_off_nothing_is_written)
{
    Recorder recorder(parseHistoryTarget("none"), waiting, options(Recorder::Mode::background));
    recorder.record(numbered(0));
    BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_SUITE_END()
