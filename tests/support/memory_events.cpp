#include "support/memory_events.h"

#include "support/alloc_fault.h"

#include <algorithm>

namespace mcpctl::test
{

void MemoryEvents::listen(const std::string& project, const EventSink& sink, const std::stop_token& stop)
{
    const AllocFault::Elsewhere inTheEngine;
    std::unique_lock lock(mutex_);
    const auto key = nextListener_++;
    const auto self = listeners_.emplace(key, std::make_shared<Listener>()).first->second;
    self->next = told_.size();
    lock.unlock();
    sink(Event{});
    lock.lock();
    while (changed_.wait(lock, stop, [&] { return self->next < told_.size() || !self->broken.empty(); }))
    {
        if (!self->broken.empty())
            break;
        const Told told = told_[self->next];
        lock.unlock();
        if (told.concerns(project))
            sink(told.event);
        lock.lock();
        ++self->next;
        changed_.notify_all();
    }
    listeners_.erase(key);
    changed_.notify_all();
    if (!self->broken.empty())
        throw OrchestratorError(OrchestratorError::Kind::unreachable, self->broken);
}

void MemoryEvents::tell(const std::string& project, Event event)
{
    const std::lock_guard lock(mutex_);
    event.timeNanos += static_cast<std::int64_t>(told_.size() % 1'000'000);
    told_.push_back({project, std::move(event)});
    changed_.notify_all();
}

bool MemoryEvents::Told::concerns(const std::string& listener) const
{
    if (event.type == Event::Type::nameTaken || event.type == Event::Type::nameFreed)
        return project != listener && event.name.starts_with(listener + "-");
    return project == listener || event.type == Event::Type::networkCreate || event.type == Event::Type::networkDestroy;
}

std::vector<Event> MemoryEvents::remembered(const std::string& project, std::int64_t since, std::int64_t until) const
{
    const std::lock_guard lock(mutex_);
    std::vector<Event> out;
    for (std::size_t i = forgotten_; i < told_.size(); ++i)
        if (const auto& [owner, event] = told_[i];
            told_[i].concerns(project) && event.timeNanos >= since && event.timeNanos <= until)
            out.push_back(event);
    return out;
}

void MemoryEvents::forget()
{
    const std::lock_guard lock(mutex_);
    forgotten_ = told_.size();
}

void MemoryEvents::settle()
{
    std::unique_lock lock(mutex_);
    const auto until = told_.size();
    changed_.wait(lock,
                  [&]
                  {
                      return std::all_of(listeners_.begin(), listeners_.end(),
                                         [&](const auto& entry) { return entry.second->next >= until; });
                  });
}

void MemoryEvents::breakStreams(const std::string& why)
{
    const std::lock_guard lock(mutex_);
    for (const auto& [key, listener] : listeners_)
        listener->broken = why;
    changed_.notify_all();
}

std::size_t MemoryEvents::listeners() const
{
    const std::lock_guard lock(mutex_);
    return listeners_.size();
}

}
