#pragma once

#include "app/http_answer.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace mcpctl
{

/// Makes answers that may wait, one after the other, on a thread of its own.
class HttpWorker
{
public:
    using Made = std::vector<std::pair<std::uint64_t, HttpAnswer>>;

    /// At most `most` wait. `ready` is called by the worker's thread when take() has something.
    HttpWorker(std::size_t most, std::function<void()> ready);
    ~HttpWorker();
    HttpWorker(const HttpWorker&) = delete;
    HttpWorker& operator=(const HttpWorker&) = delete;

    /// False: too many wait. What `make` throws becomes 500.
    bool add(std::uint64_t id, std::function<HttpAnswer()> make);
    Made take();

private:
    void run(const std::stop_token& stop);

    const std::size_t most_;
    const std::function<void()> ready_;
    std::mutex mutex_; // guards the rest
    std::deque<std::pair<std::uint64_t, std::function<HttpAnswer()>>> waiting_;
    Made made_;
    std::condition_variable_any wake_;

    std::jthread thread_;
};

/// The answer of `make`, or 500 where it throws: without the reason, which may tell too much.
HttpAnswer guarded(const std::function<HttpAnswer()>& make);

}
