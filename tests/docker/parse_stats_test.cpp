#include "docker/parse_stats.h"

#include "docker/recorded.h"
#include "model/timestamp.h"
#include "orchestrator/error.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using namespace mcpctl::test;
using mcpctl::docker::parseStats;

namespace
{

std::optional<Stats> parse(const std::string& json)
{
    return parseStats(view(json));
}

}

BOOST_AUTO_TEST_SUITE(parse_stats_test)

BOOST_AUTO_TEST_CASE(a_host_of_cgroup_version_1_is_understood)
{
    const auto stats = parse(recordedText("stats-20.10.json"));
    BOOST_REQUIRE(stats);
    BOOST_TEST(stats->timeNanos == *parseTimestamp("2026-11-25T20:13:40.285978509Z"));
    BOOST_TEST(stats->cpuNanos == 22757427U);
    BOOST_TEST(stats->onlineCpus == 2);
    BOOST_TEST(stats->memoryBytes == 626688U - 20480U);
    BOOST_TEST(stats->memoryLimitBytes == 536870912U);
    BOOST_TEST(stats->pids == 2U);
    BOOST_TEST(stats->pidsLimit == 128U);
    BOOST_TEST(stats->networkReceivedBytes == 430U);
    BOOST_TEST(stats->networkSentBytes == 0U);
}

// Not recorded: written after the API's documentation and what `docker stats` reads.
BOOST_AUTO_TEST_CASE(a_host_of_cgroup_version_2_is_understood)
{
    const auto stats = parse(recordedText("stats-cgroup2.json"));
    BOOST_REQUIRE(stats);
    BOOST_TEST(stats->cpuNanos == 123456000U);
    BOOST_TEST(stats->onlineCpus == 4);
    BOOST_TEST(stats->memoryBytes == 38000000U);
    BOOST_TEST(stats->memoryLimitBytes == 268435456U);
    BOOST_TEST(stats->pids == 11U);
    BOOST_TEST(stats->pidsLimit == 0U); // 2^64 - 1 is none
    BOOST_TEST(stats->networkReceivedBytes == 1030U);
    BOOST_TEST(stats->networkSentBytes == 204U);
    BOOST_TEST(stats->blockReadBytes == 5000U);
    BOOST_TEST(stats->blockWrittenBytes == 1024U);
}

BOOST_AUTO_TEST_CASE(block_io_of_version_1_has_capital_words)
{
    const auto stats = parse(R"({"read":"2026-11-25T20:00:00Z","pids_stats":{"current":1},"blkio_stats":{
        "io_service_bytes_recursive":[{"op":"Read","value":5},{"op":"Write","value":7},{"op":"Total","value":12}]}})");
    BOOST_REQUIRE(stats);
    BOOST_TEST(stats->blockReadBytes == 5U);
    BOOST_TEST(stats->blockWrittenBytes == 7U);
}

BOOST_AUTO_TEST_CASE(the_cache_of_all_cgroups_below_counts_where_both_are_told)
{
    const auto stats = parse(R"({"read":"2026-11-25T20:00:00Z","pids_stats":{"current":1},"memory_stats":{
        "usage":100,"stats":{"inactive_file":1,"total_inactive_file":30}}})");
    BOOST_TEST(stats->memoryBytes == 70U);
}

BOOST_AUTO_TEST_CASE(what_does_not_run_has_no_measurements)
{
    BOOST_TEST(!parse(R"({"read":"0001-01-01T00:00:00Z","pids_stats":{},"memory_stats":{}})").has_value());
    BOOST_TEST(!parse("{}").has_value());
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused)
{
    BOOST_CHECK_THROW(parse("[]"), OrchestratorError);
    BOOST_CHECK_THROW(parse(R"({"read":"2026-11-25T20:00:00Z","pids_stats":{"current":-1}})"), OrchestratorError);
    BOOST_CHECK_THROW(parse(R"({"read":"2026-11-25T20:00:00Z","pids_stats":{"current":1},"networks":[]})"),
                      OrchestratorError);
}

BOOST_AUTO_TEST_CASE(percent_of_a_cpu_is_what_was_used_in_the_time_between)
{
    Stats before;
    before.timeNanos = 1'000'000'000;
    before.cpuNanos = 500'000'000;
    Stats now = before;
    BOOST_TEST(cpuPercent(before, now) == 0.0);
    now.timeNanos += 2'000'000'000;
    now.cpuNanos += 3'000'000'000;
    BOOST_TEST(cpuPercent(before, now) == 150.0);
    now.cpuNanos = 0; // started again meanwhile
    BOOST_TEST(cpuPercent(before, now) == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()
