#include "app/daemon_json.h"

#include "app/instance_json.h"
#include "app/json.h"
#include "model/timestamp.h"

#include <algorithm>

namespace mcpctl
{

namespace
{

using Poco::JSON::Array;
using Poco::JSON::Object;

Object::Ptr toJson(const BackedOff& backoff)
{
    auto out = jsonObject();
    out->set("failures", backoff.failures);
    out->set("until", formatMicros(backoff.untilMicros));
    out->set("why", backoff.why);
    return out;
}

Object::Ptr toJson(const ServerHealth& health)
{
    auto out = jsonObject();
    out->set("ready", health.ready);
    out->set("why", health.why);
    out->set("since", formatMicros(health.sinceMicros));
    return out;
}

/// What the server said of itself; null where it was not asked, or did not say.
const ProbeResult* mcpOf(const DaemonState& state, const std::string& name)
{
    const auto health = state.health.find(name);
    return health == state.health.end() || !health->second.mcp ? nullptr : &*health->second.mcp;
}

Array::Ptr texts(const std::vector<std::string>& all)
{
    Array::Ptr out = new Array;
    for (const auto& each : all)
        out->add(each);
    return out;
}

}

std::string_view toString(PassSummary::Result result)
{
    switch (result)
    {
    case PassSummary::Result::none:
        return "none";
    case PassSummary::Result::done:
        return "done";
    case PassSummary::Result::failed:
        return "failed";
    case PassSummary::Result::invalid:
        return "invalid";
    case PassSummary::Result::guarded:
        return "guarded";
    case PassSummary::Result::unreachable:
        return "unreachable";
    case PassSummary::Result::locked:
        return "locked";
    }
    return "none";
}

Object::Ptr toJson(const PassSummary& pass)
{
    auto out = jsonObject();
    out->set("result", std::string(toString(pass.result)));
    out->set("trigger", pass.trigger);
    out->set("begun", formatMicros(pass.begunMicros));
    out->set("ended", formatMicros(pass.endedMicros));
    out->set("steps", static_cast<std::uint64_t>(pass.steps));
    out->set("error", pass.error);
    return out;
}

Object::Ptr toJson(const Outcome& outcome)
{
    return toJson(Outcomes{outcome})->getObject(0);
}

Object::Ptr toJson(const DaemonState& state)
{
    auto out = jsonObject();
    out->set("version", 1);
    out->set("project", state.project);
    out->set("ready", state.ready());
    out->set("started", formatMicros(state.startedMicros));
    out->set("folder", state.folder);
    out->set("revision", state.revision);
    out->set("engine", state.engineId);
    out->set("engineError", state.engineError);
    out->set("manifestErrors", texts(state.manifestErrors));
    out->set("sourceError", state.sourceError);
    out->set("guard", state.guard);
    out->set("lastPass", toJson(state.lastPass));
    out->set("lastSuccess", formatMicros(state.lastSuccessMicros));
    Array::Ptr instances = new Array;
    for (const auto& each : state.instances)
        instances->add(toJson(each, mcpOf(state, each.name)));
    out->set("instances", instances);
    out->set("unmanaged", toJson(state.unmanaged));
    auto backoffs = jsonObject();
    for (const auto& [name, backoff] : state.backoffs)
        backoffs->set(name, toJson(backoff));
    out->set("backoffs", backoffs);
    auto health = jsonObject();
    for (const auto& [name, each] : state.health)
        health->set(name, toJson(each));
    out->set("health", health);
    return out;
}

Object::Ptr instanceDocument(const DaemonState& state, const std::string& name)
{
    const auto found = std::find_if(state.instances.begin(), state.instances.end(),
                                    [&name](const auto& each) { return each.name == name; });
    auto plan = state.plan;
    std::erase_if(plan.steps,
                  [&name](const Step& step) { return step.object != name || step.phase == Step::Phase::networks; });
    if (found == state.instances.end() && plan.steps.empty())
        return nullptr;
    const auto backoff = state.backoffs.find(name);
    const auto orNull = [](bool there, const auto& make)
    { return there ? Poco::Dynamic::Var(make()) : Poco::Dynamic::Var(); };

    auto out = jsonObject();
    out->set("version", 1);
    out->set("project", state.project);
    out->set("name", name);
    out->set("instance", orNull(found != state.instances.end(), [&] { return toJson(*found, mcpOf(state, name)); }));
    out->set("backoff", orNull(backoff != state.backoffs.end(), [&] { return toJson(backoff->second); }));
    out->set("steps", planToJson(plan)->getArray("steps"));
    return out;
}

}
