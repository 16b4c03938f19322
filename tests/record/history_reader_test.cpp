/// Reading history again and again, as the daemon's HTTP side does.
#include "record/history_reader.h"
#include "support/history_bed.h"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

struct Bed
{
    TemporaryFolder folder;
    std::filesystem::path data = folder.path() / "db";
    HistoryTarget target = parseHistoryTarget((data / "history.db").string());
    std::filesystem::path waiting = folder.path() / "journal";
    std::vector<std::string> warnings;
    HistoryReader reader{target, waiting, [this](const std::string& text) { warnings.push_back(text); }};

    std::vector<RunRecord> list()
    {
        return reader.read([](History& history) { return history.list({"mcpctl", 0, "", 20}); });
    }
};

}

BOOST_FIXTURE_TEST_SUITE(history_reader_test, Bed)

BOOST_AUTO_TEST_CASE(what_waits_on_disk_is_read_too_each_time)
{
    Journal(waiting).add(sampleRun());
    BOOST_TEST(list().size() == 1U);
    Journal(waiting).add(sampleRun());
    History(target).append({sampleRun()}); // somebody else's
    BOOST_TEST(list().size() == 3U);
    BOOST_TEST(Journal(waiting).empty());
    BOOST_TEST(warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_run_that_is_not_there_is_an_answer)
{
    const auto run = sampleRun();
    History(target).append({run});
    const auto show = [&](const std::string& id)
    { return reader.read([&](History& history) { return history.show(id).id; }); };
    BOOST_CHECK_THROW(show("nobody"), NoSuchRun);
    BOOST_TEST(show(run.id) == run.id);
}

BOOST_AUTO_TEST_CASE(after_a_failure_it_connects_anew)
{
    std::ofstream(data) << "not a folder";
    BOOST_CHECK_THROW(list(), HistoryError);
    std::filesystem::remove(data);
    BOOST_TEST(list().empty());
    reader.read(
        [&](History& history)
        {
            history.append({sampleRun()});
            return 0;
        });
    BOOST_CHECK_THROW(reader.read([](History&) -> int { throw HistoryError("the connection broke"); }), HistoryError);
    BOOST_TEST(list().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_journal_that_cannot_be_read_is_told_and_hides_nothing_else)
{
    History(target).append({sampleRun()});
    std::filesystem::create_directories(waiting / "flush.lock"); // no file
    std::ofstream(waiting / "000000000001.jsonl") << "{}";
    BOOST_TEST(list().size() == 1U);
    BOOST_TEST(warnings.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
