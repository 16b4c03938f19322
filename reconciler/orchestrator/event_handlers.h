#pragma once

#include "orchestrator/live.h"

namespace mcpctl
{

/// What to do about which event; those left empty do nothing.
struct EventHandlers
{
    using Handler = std::function<void(const Event&)>;

    Handler onSubscribed{};
    Handler onGap{};
    Handler onContainerCreate{};
    Handler onContainerStart{};
    Handler onContainerStop{};
    Handler onContainerDie{};
    Handler onRestart{};
    Handler onKill{};
    Handler onOom{};
    Handler onHealth{};
    Handler onUpdate{};
    Handler onRename{};
    Handler onPause{};
    Handler onUnpause{};
    Handler onDestroy{};
    Handler onNetworkConnect{};
    Handler onNetworkDisconnect{};
    Handler onNetworkCreate{};
    Handler onNetworkDestroy{};
    Handler onNameTaken{};
    Handler onNameFreed{};
    Handler onEgressDenied{};
};

/// A sink for subscribeEvents() or EventFollower that calls the handler of each event's type, on the thread
/// that tells it.
EventSink dispatchTo(EventHandlers handlers);

}
