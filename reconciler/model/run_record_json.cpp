#include "model/run_record.h"
#include "model/timestamp.h"
#include "model/utf8.h"

#include <Poco/JSON/Array.h>

#include <stdexcept>

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

std::string text(const Object& json, const std::string& key)
{
    return json.optValue<std::string>(key, "");
}

std::int64_t time(const Object& json, const std::string& key)
{
    const auto written = text(json, key);
    if (written.empty())
        return 0;
    const auto time = parseTimestamp(written);
    if (!time)
        throw std::runtime_error(key + " is no time: " + written);
    return *time / 1000;
}

void setPlace(Object& json, const SourcePos& place)
{
    if (place.file.empty())
        return;
    auto out = object();
    out->set("file", validUtf8(place.file.text()));
    out->set("line", place.line);
    out->set("column", place.column);
    json.set("place", out);
}

SourcePos placeOf(const Object& json)
{
    SourcePos place;
    if (const auto from = json.getObject("place"))
    {
        place.file = text(*from, "file");
        place.line = from->optValue<int>("line", 0);
        place.column = from->optValue<int>("column", 0);
    }
    return place;
}

Object::Ptr toJson(const Change& change)
{
    auto out = object();
    out->set("field", validUtf8(change.field));
    out->set("before", validUtf8(change.before));
    out->set("after", validUtf8(change.after));
    out->set("verdict", std::string(toString(change.verdict)));
    setPlace(*out, change.place);
    return out;
}

Object::Ptr toJson(const RecordedStep& step)
{
    auto out = object();
    out->set("object", validUtf8(step.object));
    out->set("verb", step.verb);
    out->set("because", validUtf8(step.because));
    setPlace(*out, step.place);
    out->set("result", step.result);
    out->set("error", validUtf8(step.error));
    out->set("milliseconds", static_cast<std::int64_t>(step.took.count()));
    Array::Ptr fields = new Array;
    for (const auto& field : step.fields)
        fields->add(toJson(field));
    out->set("changes", fields);
    return out;
}

template <typename Each>
void eachOf(const Object& json, const std::string& key, const Each& each)
{
    const auto array = json.getArray(key);
    for (unsigned i = 0; array && i < array->size(); ++i)
        if (const auto entry = array->getObject(i))
            each(*entry);
}

RecordedStep stepFromJson(const Object& json)
{
    RecordedStep step;
    step.object = text(json, "object");
    step.verb = text(json, "verb");
    step.because = text(json, "because");
    step.place = placeOf(json);
    step.result = text(json, "result");
    step.error = text(json, "error");
    step.took = std::chrono::milliseconds(json.optValue<std::int64_t>("milliseconds", 0));
    eachOf(json, "changes",
           [&step](const Object& field)
           {
               step.fields.push_back({text(field, "field"), text(field, "before"), text(field, "after"),
                                      verdictOf(text(field, "verdict")), placeOf(field)});
           });
    return step;
}

Object::Ptr toJson(const RunCounts& counts)
{
    auto out = object();
    out->set("done", counts.done);
    out->set("failed", counts.failed);
    out->set("rolledBack", counts.rolledBack);
    out->set("skipped", counts.skipped);
    return out;
}

}

Object::Ptr runToJson(const RunRecord& run)
{
    auto out = object();
    out->set("id", run.id);
    out->set("project", run.project);
    out->set("engine", validUtf8(run.engineId));
    out->set("trigger", run.trigger);
    out->set("who", validUtf8(run.who));
    out->set("host", validUtf8(run.host));
    out->set("process", run.process);
    Array::Ptr paths = new Array;
    for (const auto& path : run.paths)
        paths->add(validUtf8(path));
    out->set("paths", paths);
    out->set("revision", validUtf8(run.revision));
    out->set("desired", run.desiredDigest);
    out->set("begun", formatMicros(run.begunMicros));
    out->set("ended", formatMicros(run.endedMicros));
    out->set("outcome", std::string(toString(run.outcome)));
    out->set("error", validUtf8(run.error));
    out->set("counts", toJson(run.counts));
    Array::Ptr steps = new Array;
    for (const auto& step : run.steps)
        steps->add(toJson(step));
    out->set("steps", steps);
    return out;
}

Object::Ptr eventToJson(const EventRecord& event)
{
    auto out = object();
    out->set("id", event.id);
    out->set("project", event.project);
    out->set("engine", validUtf8(event.engineId));
    out->set("time", formatMicros(event.timeMicros));
    out->set("instance", validUtf8(event.instance));
    out->set("type", validUtf8(event.type));
    out->set("details", validUtf8(event.details));
    return out;
}

RunRecord runFromJson(const Object& json)
{
    RunRecord run;
    run.id = json.getValue<std::string>("id");
    run.project = text(json, "project");
    run.engineId = text(json, "engine");
    run.trigger = text(json, "trigger");
    run.who = text(json, "who");
    run.host = text(json, "host");
    run.process = text(json, "process");
    if (const auto paths = json.getArray("paths"))
        for (const auto& path : *paths)
            run.paths.push_back(path.toString());
    run.revision = text(json, "revision");
    run.desiredDigest = text(json, "desired");
    run.begunMicros = time(json, "begun");
    run.endedMicros = time(json, "ended");
    run.outcome = runOutcomeOf(text(json, "outcome"));
    run.error = text(json, "error");
    if (const auto counts = json.getObject("counts"))
        run.counts = {counts->optValue<int>("done", 0), counts->optValue<int>("failed", 0),
                      counts->optValue<int>("rolledBack", 0), counts->optValue<int>("skipped", 0)};
    eachOf(json, "steps", [&run](const Object& step) { run.steps.push_back(stepFromJson(step)); });
    return run;
}

EventRecord eventFromJson(const Object& json)
{
    return {json.getValue<std::string>("id"), text(json, "project"), text(json, "engine"), time(json, "time"),
            text(json, "instance"),           text(json, "type"),    text(json, "details")};
}

}
