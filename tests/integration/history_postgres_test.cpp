/// The recorder over a PostgreSQL that goes away and comes back.
#include "record/recorder.h"
#include "support/history_bed.h"

#define BOOST_TEST_MODULE history_postgres
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

/// Does something to the server that all tests of this file share.
void postgres(const std::string& command, const std::string& signal = "")
{
    const auto line =
        std::string(std::getenv("POSTGRES")) + " " + command + " " + std::getenv("POSTGRES_STATE") + " " + signal;
    BOOST_REQUIRE_MESSAGE(std::system(line.c_str()) == 0, line);
}

}

BOOST_AUTO_TEST_CASE(nothing_is_lost_doubled_or_out_of_order_while_postgresql_crashes_and_comes_back)
{
    const HistoryBed bed;
    const auto journal = bed.folder().path() / "journal";
    Recorder::Options options;
    options.mode = Recorder::Mode::background;
    options.firstRetry = std::chrono::milliseconds(20);
    options.lastRetry = std::chrono::milliseconds(200);
    std::vector<std::string> ids;
    std::atomic<bool> enough = false;
    {
        Recorder recorder(bed.target(), journal, options);
        std::jthread writer(
            [&]
            {
                while (!enough)
                {
                    auto run = sampleRun();
                    run.begunMicros = static_cast<std::int64_t>(ids.size()) + 1;
                    ids.push_back(run.id);
                    recorder.record(run);
                    std::this_thread::sleep_for(std::chrono::milliseconds(2));
                }
            });
        for (const auto* signal : {"QUIT", "KILL", "INT"})
        {
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            postgres("stop", signal);
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            BOOST_TEST(!recorder.status().trouble.empty());
            postgres("start");
        }
        enough = true;
        writer.join();
        for (int i = 0; i < 1000 && recorder.status().waitingBytes > 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        BOOST_TEST(recorder.status().waitingBytes == 0U);
        BOOST_TEST(recorder.status().dropped == 0U);
    }
    std::vector<std::string> stored;
    for (const auto& run : History(bed.target()).list({"mcpctl", 0, "", 1000000}))
        stored.push_back(run.id);
    std::reverse(stored.begin(), stored.end());
    BOOST_TEST(stored.size() > 300U);
    BOOST_TEST((stored == ids));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_down_costs_a_run_no_time)
{
    const HistoryBed bed;
    postgres("stop");
    const auto begin = std::chrono::steady_clock::now();
    {
        Recorder recorder(bed.target(), bed.folder().path() / "journal", {});
        recorder.record(sampleRun());
        BOOST_TEST(recorder.status().waitingBytes > 0U);
    }
    BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(1)));
    postgres("start");
    Recorder recorder(bed.target(), bed.folder().path() / "journal", {});
    recorder.record(sampleRun());
    BOOST_TEST(recorder.status().waitingBytes == 0U);
    BOOST_TEST(History(bed.target()).list({"mcpctl", 0, "", 10}).size() == 2U);
}
