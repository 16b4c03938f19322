#include "model/plan.h"

#include <Poco/JSON/Array.h>

namespace mcpctl
{

namespace
{

using Poco::JSON::Array;
using Poco::JSON::Object;

Object::Ptr object()
{
    return new Object(Poco::JSON_PRESERVE_KEY_ORDER);
}

Object::Ptr verb(std::string_view name)
{
    auto out = object();
    out->set("do", std::string(name));
    return out;
}

Object::Ptr launched(std::string_view name, const action::ImageSource& image)
{
    auto out = verb(name);
    out->set("image", image.reference);
    out->set("pull", image.pull);
    return out;
}

struct ActionToJson
{
    Object::Ptr operator()(const action::EnsureNetwork& each) const
    {
        auto out = verb("ensureNetwork");
        out->set("internal", each.network.internal);
        out->set("hostAddress", each.network.hostAddress);
        out->set("subnet", each.network.subnet);
        return out;
    }
    Object::Ptr operator()(const action::RemoveNetwork& each) const { return withId("removeNetwork", each.id); }
    Object::Ptr operator()(const action::Create& each) const { return launched("create", each.image); }
    Object::Ptr operator()(const action::Replace& each) const
    {
        auto out = launched("replace", each.image);
        out->set("id", each.oldId);
        return out;
    }
    Object::Ptr operator()(const action::Update& each) const
    {
        auto out = withId("update", each.id);
        out->set("memoryBytes", each.resources.memoryBytes);
        out->set("memoryReservationBytes", each.resources.memoryReservationBytes);
        out->set("nanoCpus", each.resources.nanoCpus);
        out->set("cpuShares", each.resources.cpuShares);
        out->set("pidsLimit", each.resources.pidsLimit);
        out->set("restart", std::string(toString(each.restart.when)));
        return out;
    }
    Object::Ptr operator()(const action::Connect& each) const
    {
        auto out = withId("connect", each.id);
        out->set("network", each.network.text);
        Array::Ptr aliases = new Array;
        for (const auto& alias : each.aliases)
            aliases->add(alias);
        out->set("aliases", aliases);
        if (!each.address.empty())
            out->set("address", each.address);
        return out;
    }
    Object::Ptr operator()(const action::Disconnect& each) const
    {
        auto out = withId("disconnect", each.id);
        out->set("network", each.network.text);
        return out;
    }
    Object::Ptr operator()(const action::Configure& each) const { return withId("configure", each.id); }
    Object::Ptr operator()(const action::Start& each) const { return withId("start", each.id); }
    Object::Ptr operator()(const action::Suspend& each) const { return withId("stop", each.id); }
    Object::Ptr operator()(const action::Remove& each) const { return named("remove", each.id, each.name); }
    Object::Ptr operator()(const action::Restore& each) const { return named("restore", each.id, each.from); }
    Object::Ptr operator()(const action::FinishReplace& each) const
    {
        auto out = withId("finishReplace", each.newId);
        out->set("oldId", each.oldId);
        return out;
    }
    Object::Ptr operator()(const action::Blocked&) const { return verb("blocked"); }

    static Object::Ptr withId(std::string_view name, const std::string& id)
    {
        auto out = verb(name);
        out->set("id", id);
        return out;
    }
    static Object::Ptr named(std::string_view what, const std::string& id, const std::string& name)
    {
        auto out = withId(what, id);
        out->set("name", name);
        return out;
    }
};

Object::Ptr placeToJson(const SourcePos& place)
{
    auto out = object();
    out->set("file", place.file.text());
    out->set("line", place.line);
    out->set("column", place.column);
    return out;
}

Object::Ptr changeToJson(const Change& change)
{
    auto out = object();
    out->set("field", change.field);
    out->set("before", change.before);
    out->set("after", change.after);
    out->set("verdict", std::string(toString(change.verdict)));
    if (!change.place.file.empty())
        out->set("place", placeToJson(change.place));
    return out;
}

Object::Ptr stepToJson(const Step& step)
{
    auto out = object();
    out->set("verb", std::string(verbOf(step)));
    out->set("object", step.object);
    out->set("because", step.because);
    if (!step.place.file.empty())
        out->set("place", placeToJson(step.place));
    Array::Ptr actions = new Array;
    for (const auto& each : step.actions)
        actions->add(std::visit(ActionToJson{}, each));
    out->set("actions", actions);
    Array::Ptr changes = new Array;
    for (const auto& change : step.changes)
        changes->add(changeToJson(change));
    out->set("changes", changes);
    return out;
}

Object::Ptr summaryToJson(const PlanSummary& summary)
{
    auto out = object();
    out->set("create", summary.create);
    out->set("replace", summary.replace);
    out->set("update", summary.update);
    out->set("start", summary.start);
    out->set("stop", summary.stop);
    out->set("recover", summary.recover);
    out->set("remove", summary.remove);
    out->set("networks", summary.networks);
    out->set("blocked", summary.blocked);
    return out;
}

}

Object::Ptr planToJson(const Plan& plan)
{
    auto out = object();
    out->set("version", 1);
    out->set("project", plan.project.text);
    out->set("engine", plan.engineId);
    out->set("desired", plan.desiredDigest);
    out->set("instances", static_cast<std::uint64_t>(plan.ownedInstances));
    out->set("summary", summaryToJson(summarize(plan)));
    Array::Ptr steps = new Array;
    for (const auto& step : plan.steps)
        steps->add(stepToJson(step));
    out->set("steps", steps);
    Array::Ptr notes = new Array;
    for (const auto& note : plan.notes)
        notes->add(note);
    out->set("notes", notes);
    return out;
}

}
