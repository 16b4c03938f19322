#include "orchestrator/bounded_pool.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace mcpctl
{

void forEachInParallel(std::size_t count, std::size_t workers, const std::function<void(std::size_t)>& task)
{
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    std::mutex mutex;
    std::exception_ptr first;

    const auto work = [&]
    {
        for (std::size_t index = next++; index < count && !failed; index = next++)
        {
            try
            {
                task(index);
            }
            catch (...)
            {
                const std::lock_guard lock(mutex);
                failed = true;
                if (!first)
                    first = std::current_exception();
            }
        }
    };

    const std::size_t threads = std::min(std::max<std::size_t>(workers, 1), count);
    {
        std::vector<std::jthread> pool;
        for (std::size_t i = 1; i < threads; ++i)
            pool.emplace_back(work);
        work();
    }
    if (first)
        std::rethrow_exception(first);
}

}
