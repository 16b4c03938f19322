#include "app/describe.h"
#include "app/json.h"
#include "app/mcp_json.h"
#include "model/fields.h"
#include "model/timestamp.h"

namespace mcpctl
{

namespace
{

using Poco::JSON::Array;
using Poco::JSON::Object;

/// A plain value as text; one with members as an object.
Object::Ptr specJson(const ServerSpec& spec)
{
    auto out = jsonObject();
    for (const auto& field : fields())
    {
        const auto form = field.form(spec);
        const auto shown = [&field](const std::string& text) { return field.hidesLive ? "(hidden)" : text; };
        if (form.size() == 1 && form.begin()->first.empty())
        {
            out->set(std::string(field.name), shown(form.begin()->second));
            continue;
        }
        auto members = jsonObject();
        for (const auto& [member, text] : form)
            members->set(member, shown(text));
        out->set(std::string(field.name), members);
    }
    return out;
}

Array::Ptr texts(const std::vector<std::string>& all)
{
    Array::Ptr out = new Array;
    for (const auto& each : all)
        out->add(each);
    return out;
}

Object::Ptr networksJson(const ObservedInstance& instance)
{
    auto out = jsonObject();
    for (const auto& [network, aliases] : instance.spec.networks)
    {
        const auto address = instance.addresses.find(network);
        auto each = jsonObject();
        each->set("address", address == instance.addresses.end() ? std::string() : address->second);
        each->set("aliases", texts({aliases.begin(), aliases.end()}));
        out->set(network.text, each);
    }
    return out;
}

Array::Ptr logJson(const std::vector<LogLine>& log)
{
    Array::Ptr out = new Array;
    for (const auto& line : log)
    {
        auto each = jsonObject();
        each->set("stream", line.stream == LogStream::err ? "stderr" : "stdout");
        each->set("time", formatTimestamp(line.timeNanos));
        each->set("text", line.text);
        out->add(each);
    }
    return out;
}

}

Object::Ptr toJson(const Description& description)
{
    const auto& instance = description.instance;
    auto out = jsonObject();
    out->set("version", 1);
    out->set("instance", instance.name);
    out->set("id", instance.id);
    out->set("project", instance.marks.project);
    out->set("server", instance.marks.server);
    out->set("profile", instance.marks.profile);
    out->set("image", instance.spec.image);
    out->set("imageId", instance.imageId);
    out->set("digests", texts(description.image ? description.image->repoDigests : std::vector<std::string>()));
    out->set("revision", instance.marks.revision);
    out->set("mcpctlVersion", instance.marks.version);
    out->set("createdAt", instance.createdAt);
    out->set("startedAt", instance.startedAt);
    out->set("state", std::string(toString(instance.state)));
    out->set("exitCode", instance.exitCode);
    out->set("oomKilled", instance.oomKilled);
    out->set("restarts", instance.restarts);
    out->set("health", std::string(toString(description.health.status)));
    out->set("healthOutput", description.health.output);
    out->set("mcp", description.mcp ? Poco::Dynamic::Var(toJson(*description.mcp)) : Poco::Dynamic::Var());
    out->set("error", instance.error);
    out->set("spec", specJson(instance.spec));
    out->set("networks", networksJson(instance));
    out->set("log", logJson(description.log));
    out->set("logError", description.logError);
    if (description.declared)
    {
        out->set("declared", toString(description.declared->place));
        out->set("plan", planToJson(description.declared->plan));
    }
    return out;
}

}
