#include "app/http_worker.h"

namespace mcpctl
{

HttpAnswer guarded(const std::function<HttpAnswer()>& make)
{
    try
    {
        return make();
    }
    catch (...)
    {
        return errorAnswer(500, "internal", "this request cannot be answered");
    }
}

HttpWorker::HttpWorker(std::size_t most, std::function<void()> ready)
    : most_(most), ready_(std::move(ready)), thread_([this](const std::stop_token& stop) { run(stop); })
{
}

HttpWorker::~HttpWorker() = default;

bool HttpWorker::add(std::uint64_t id, std::function<HttpAnswer()> make)
{
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_)
        return false;
    waiting_.emplace_back(id, std::move(make));
    wake_.notify_one();
    return true;
}

HttpWorker::Made HttpWorker::take()
{
    const std::lock_guard lock(mutex_);
    return std::exchange(made_, {});
}

void HttpWorker::run(const std::stop_token& stop)
{
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, stop, [this] { return !waiting_.empty(); }) && !stop.stop_requested())
    {
        auto [id, make] = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        auto answer = guarded(make);
        lock.lock();
        made_.emplace_back(id, std::move(answer));
        ready_();
    }
}

}
