#include "app/event_hub.h"

#include "app/daemon_json.h"
#include "app/event_line.h"
#include "app/json.h"

namespace mcpctl
{

namespace
{

std::string documentOf(const Poco::JSON::Object::Ptr& json)
{
    auto out = jsonObject();
    out->set("version", 1);
    for (const auto& name : json->getNames())
        out->set(name, json->get(name));
    return jsonText(*out);
}

}

EventHub::Subscription::Taken EventHub::Subscription::take()
{
    const std::lock_guard lock(mutex_);
    Taken out{{waiting_.begin(), waiting_.end()}, dropped_};
    waiting_.clear();
    dropped_ = 0;
    return out;
}

void EventHub::Subscription::put(const std::shared_ptr<const HubMessage>& message)
{
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = waiting_.empty();
        if (waiting_.size() == most_)
        {
            waiting_.pop_front();
            ++dropped_;
        }
        waiting_.push_back(message);
    }
    if (first)
        wake_();
}

void EventHub::publish(const Event& event)
{
    auto line = eventJson(event);
    line.pop_back(); // its newline
    publish(HubMessage{"instance", std::move(line)});
}

void EventHub::publish(const PassSummary& pass)
{
    publish(HubMessage{"pass", documentOf(toJson(pass))});
}

void EventHub::publish(const Outcome& outcome)
{
    publish(HubMessage{"change", documentOf(toJson(outcome))});
}

std::shared_ptr<EventHub::Subscription> EventHub::subscribe(std::function<void()> wake)
{
    auto out = std::make_shared<Subscription>(most_, std::move(wake));
    const std::lock_guard lock(mutex_);
    listen_.push_back(out);
    return out;
}

std::vector<std::shared_ptr<EventHub::Subscription>> EventHub::listeners()
{
    std::vector<std::shared_ptr<Subscription>> out;
    const std::lock_guard lock(mutex_);
    std::erase_if(listen_,
                  [&out](const auto& each)
                  {
                      auto alive = each.lock();
                      if (alive)
                          out.push_back(std::move(alive));
                      return each.expired();
                  });
    return out;
}

void EventHub::publish(HubMessage message)
{
    const auto shared = std::make_shared<const HubMessage>(std::move(message));
    for (const auto& each : listeners())
        each->put(shared);
}

}
