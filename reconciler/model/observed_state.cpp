#include "model/observed_state.h"

#include <algorithm>

namespace mcpctl
{

std::string_view toString(RunState state)
{
    switch (state)
    {
    case RunState::created:
        return "created";
    case RunState::running:
        return "running";
    case RunState::restarting:
        return "restarting";
    case RunState::paused:
        return "paused";
    case RunState::exited:
        return "exited";
    case RunState::dead:
        return "dead";
    }
    return "unknown";
}

std::string referenceFor(const DesiredInstance& want, const ObservedState& observed)
{
    if (want.pullPolicy == PullPolicy::always)
        if (const auto pin = observed.pins.find(want.spec.image); pin != observed.pins.end())
            return pin->second;
    return want.spec.image;
}

std::string instanceOf(const std::string& name)
{
    // Names of gateways have a dot themselves.
    return name.substr(0, std::min(name.find(".new-"), name.find(".old-")));
}

}
