#include "orchestrator/event_handlers.h"

#include <utility>

namespace mcpctl
{

namespace
{

const EventHandlers::Handler& handlerOf(const EventHandlers& handlers, Event::Type type)
{
    using Type = Event::Type;
    switch (type)
    {
    case Type::subscribed:
        return handlers.onSubscribed;
    case Type::gap:
        return handlers.onGap;
    case Type::create:
        return handlers.onContainerCreate;
    case Type::start:
        return handlers.onContainerStart;
    case Type::stop:
        return handlers.onContainerStop;
    case Type::restart:
        return handlers.onRestart;
    case Type::die:
        return handlers.onContainerDie;
    case Type::kill:
        return handlers.onKill;
    case Type::oom:
        return handlers.onOom;
    case Type::health:
        return handlers.onHealth;
    case Type::update:
        return handlers.onUpdate;
    case Type::rename:
        return handlers.onRename;
    case Type::pause:
        return handlers.onPause;
    case Type::unpause:
        return handlers.onUnpause;
    case Type::destroy:
        return handlers.onDestroy;
    case Type::networkConnect:
        return handlers.onNetworkConnect;
    case Type::networkDisconnect:
        return handlers.onNetworkDisconnect;
    case Type::networkCreate:
        return handlers.onNetworkCreate;
    case Type::networkDestroy:
        return handlers.onNetworkDestroy;
    case Type::nameTaken:
        return handlers.onNameTaken;
    case Type::egressDenied:
        return handlers.onEgressDenied;
    case Type::nameFreed:
        break;
    }
    return handlers.onNameFreed;
}

}

EventSink dispatchTo(EventHandlers handlers)
{
    return [handlers = std::move(handlers)](const Event& event)
    {
        if (const auto& handler = handlerOf(handlers, event.type))
            handler(event);
    };
}

}
