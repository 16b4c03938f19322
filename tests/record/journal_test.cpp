#include "record/journal.h"
#include "record/target.h"
#include "support/history_bed.h"

#include <boost/test/unit_test.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <mutex>
#include <set>
#include <thread>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

std::string idOf(const Record& record)
{
    return std::visit([](const auto& each) { return each.id; }, record);
}

struct Bed
{
    TemporaryFolder folder;
    std::filesystem::path place = folder.path() / "state" / "journal";
    Journal journal{place};

    static std::vector<std::string> drain(Journal& from)
    {
        std::vector<std::string> ids;
        from.flush(
            [&ids](const std::vector<Record>& records)
            {
                for (const auto& record : records)
                    ids.push_back(idOf(record));
            });
        return ids;
    }
    std::filesystem::path lastSegment() const
    {
        std::filesystem::path last;
        for (const auto& entry : std::filesystem::directory_iterator(place))
            if (entry.path().extension() == ".jsonl")
                last = std::max(last, entry.path());
        return last;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(journal_test, Bed)

BOOST_AUTO_TEST_CASE(one_that_is_not_used_leaves_no_trace)
{
    BOOST_TEST(journal.empty());
    BOOST_TEST(drain(journal).empty());
    BOOST_TEST(!std::filesystem::exists(place));
}

BOOST_AUTO_TEST_CASE(records_come_back_as_they_were_and_in_order_and_once)
{
    std::vector<Record> added;
    for (int i = 0; i < 250; ++i)
    {
        added.emplace_back(i % 3 == 0 ? Record(sampleEvent("x")) : Record(sampleRun()));
        journal.add(added.back());
    }
    std::vector<Record> taken;
    const auto count = journal.flush([&taken](const std::vector<Record>& records)
                                     { taken.insert(taken.end(), records.begin(), records.end()); });
    BOOST_TEST(count == 250U);
    BOOST_TEST((taken == added));
    BOOST_TEST(journal.empty());
    BOOST_TEST(drain(journal).empty());
}

BOOST_AUTO_TEST_CASE(a_database_that_fails_half_way_gets_it_all_again)
{
    std::vector<std::string> ids;
    for (int i = 0; i < 250; ++i)
    {
        ids.push_back(newRecordId());
        auto event = sampleEvent("x");
        event.id = ids.back();
        journal.add(event);
    }
    int calls = 0;
    const auto failing = [&calls](const std::vector<Record>&)
    {
        if (++calls == 2)
            throw HistoryError("away");
    };
    BOOST_CHECK_THROW(journal.flush(failing), HistoryError);
    BOOST_TEST((drain(journal) == ids));
}

BOOST_AUTO_TEST_CASE(a_line_that_a_crash_tore_is_skipped_and_the_next_one_is_whole)
{
    const auto first = sampleRun();
    journal.add(first);
    std::ofstream(lastSegment(), std::ios::app) << R"({"run":{"id":"torn","proj)";
    const auto second = sampleRun();
    journal.add(second);
    BOOST_TEST((drain(journal) == std::vector{first.id, second.id}));
}

BOOST_AUTO_TEST_CASE(a_full_one_drops_the_oldest_and_counts_them)
{
    Journal small(place, {.bytes = 20000, .segmentBytes = 2000});
    std::vector<std::string> ids;
    for (int i = 0; i < 100; ++i)
    {
        const auto run = sampleRun();
        ids.push_back(run.id);
        small.add(run);
    }
    BOOST_TEST(small.bytes() <= 20000U);
    const auto left = drain(small);
    BOOST_TEST(left.size() > 10U);
    BOOST_TEST(left.size() + small.dropped() == 100U);
    BOOST_TEST((left == std::vector<std::string>(ids.end() - static_cast<std::ptrdiff_t>(left.size()), ids.end())));
}

BOOST_AUTO_TEST_CASE(many_add_while_one_takes_and_each_record_is_taken_once)
{
    constexpr int each = 60;
    std::vector<std::string> taken;
    std::mutex mutex;
    const auto take = [&](const std::vector<Record>& records)
    {
        const std::lock_guard lock(mutex);
        for (const auto& record : records)
            taken.push_back(idOf(record));
    };
    {
        std::jthread flusher(
            [&](const std::stop_token& stop)
            {
                while (!stop.stop_requested())
                    Journal(place).flush(take);
            });
        std::vector<std::jthread> writers;
        writers.reserve(3);
        for (int i = 0; i < 3; ++i)
            writers.emplace_back(
                [this]
                {
                    for (int n = 0; n < each; ++n)
                        Journal(place).add(sampleEvent("x"));
                });
        writers.clear();
    }
    journal.flush(take);
    BOOST_TEST(taken.size() == 3U * each);
    BOOST_TEST(std::set<std::string>(taken.begin(), taken.end()).size() == 3U * each);
}

BOOST_AUTO_TEST_CASE(what_a_killed_process_added_is_there)
{
    const auto child = ::fork();
    if (child == 0)
    {
        for (int i = 0;; ++i)
            journal.add(sampleEvent("x"));
    }
    ::usleep(200000);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const auto last = sampleRun();
    journal.add(last);
    const auto ids = drain(journal);
    BOOST_TEST(ids.size() > 1U);
    BOOST_TEST(ids.back() == last.id);
    BOOST_TEST(std::is_sorted(ids.begin(), ids.end()));
}

BOOST_AUTO_TEST_SUITE_END()
