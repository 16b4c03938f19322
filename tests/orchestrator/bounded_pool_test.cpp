#include "orchestrator/bounded_pool.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

using mcpctl::forEachInParallel;

BOOST_AUTO_TEST_SUITE(bounded_pool_test)

BOOST_AUTO_TEST_CASE(every_task_runs_once)
{
    std::vector<std::atomic<int>> runs(100);
    forEachInParallel(runs.size(), 8, [&](std::size_t i) { ++runs[i]; });
    for (const auto& count : runs)
        BOOST_TEST(count == 1);
}

BOOST_AUTO_TEST_CASE(nothing_to_do_is_done_at_once)
{
    forEachInParallel(0, 8, [](std::size_t) { BOOST_FAIL("called"); });
}

BOOST_AUTO_TEST_CASE(no_more_tasks_run_at_once_than_there_are_workers)
{
    std::atomic<int> running{0};
    std::atomic<int> most{0};
    forEachInParallel(20, 3,
                      [&](std::size_t)
                      {
                          const int now = ++running;
                          int seen = most;
                          while (now > seen && !most.compare_exchange_weak(seen, now))
                              ;
                          std::this_thread::sleep_for(std::chrono::milliseconds(2));
                          --running;
                      });
    BOOST_TEST(most <= 3);
}

BOOST_AUTO_TEST_CASE(the_first_exception_leaves_the_call_and_stops_what_has_not_begun)
{
    std::atomic<int> begun{0};
    BOOST_CHECK_THROW(forEachInParallel(1000, 2,
                                        [&](std::size_t)
                                        {
                                            ++begun;
                                            throw std::runtime_error("no");
                                        }),
                      std::runtime_error);
    BOOST_TEST(begun <= 2);
}

BOOST_AUTO_TEST_CASE(no_workers_means_the_calling_thread)
{
    const auto self = std::this_thread::get_id();
    forEachInParallel(3, 0, [&](std::size_t) { BOOST_TEST((std::this_thread::get_id() == self)); });
}

BOOST_AUTO_TEST_SUITE_END()
