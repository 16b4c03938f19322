#include "orchestrator/instance_watch.h"

#include "orchestrator/backoff.h"

namespace mcpctl
{

InstanceWatch::InstanceWatch(const OrchestratorView& view, const ProjectName& project)
    : view_(view), project_(project), listener_([this](const std::stop_token& stop) { listen(stop); })
{
}

void InstanceWatch::listen(const std::stop_token& stop)
{
    Backoff backoff;
    while (!stop.stop_requested())
    {
        try
        {
            view_.subscribeEvents(
                project_,
                [&](const Event& event)
                {
                    backoff.reset();
                    note(event);
                },
                stop);
        }
        catch (const std::exception&) // NOLINT(bugprone-empty-catch): who looks meanwhile is told by the engine itself
        {
        }
        backoff.wait(stop);
    }
}

void InstanceWatch::note(const Event& event)
{
    {
        const std::lock_guard lock(mutex_);
        ++events_;
        if (event.type == Event::Type::subscribed || event.name.empty())
            ++all_;
        else
            ++counts_[instanceOf(event.name)];
    }
    changed_.notify_all();
}

std::uint64_t InstanceWatch::changes(const std::string& name) const
{
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(name);
    return all_ + (found == counts_.end() ? 0 : found->second);
}

void InstanceWatch::awaitChange(const std::string& name, std::uint64_t seen, std::chrono::milliseconds limit,
                                const std::stop_token& stop) const
{
    std::unique_lock lock(mutex_);
    const auto found = [&]
    {
        const auto own = counts_.find(name);
        return all_ + (own == counts_.end() ? 0 : own->second) != seen;
    };
    changed_.wait_for(lock, stop, limit, found);
}

std::string InstanceWatch::find(const std::string& name)
{
    const std::lock_guard lookLock(lookMutex_);
    std::uint64_t events = 0;
    {
        const std::lock_guard lock(mutex_);
        events = events_;
    }
    const auto now = Clock::now();
    if (lookedAt_ != events || now >= goodUntil_)
    {
        ids_.clear();
        for (const auto& each : view_.listInstances(project_).ours)
            ids_.emplace(each.name, each.id);
        lookedAt_ = events;
        goodUntil_ = now + std::chrono::seconds(1); // events may be away
    }
    if (const auto found = ids_.find(name); found != ids_.end())
        return found->second;
    // A replace has just set the old one aside, and the new one has not got its name yet.
    const auto old = ids_.lower_bound(name + ".old-");
    return old != ids_.end() && old->first.starts_with(name + ".old-") ? old->second : "";
}

}
