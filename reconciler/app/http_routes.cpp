#include "app/http_routes.h"

#include "app/daemon_json.h"
#include "app/history_json.h"
#include "app/json.h"
#include "app/moment.h"
#include "app/pipeline.h"
#include "model/timestamp.h"

#include <Poco/Exception.h>
#include <Poco/NumberParser.h>
#include <Poco/URI.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string_view>

namespace mcpctl
{

// Made at build time from docs/openapi.json.
const std::map<std::string_view, std::string_view>& embeddedApi();

namespace
{

using Poco::Net::HTTPRequest;

struct Call
{
    const HttpSources& sources;
    StatusText& statusText;
    const std::function<std::function<void()>()>& waker;
    std::string name; ///< what stands for the `{}` of the path
    std::map<std::string, std::string> query;
};

HttpAnswer health(const Call& call)
{
    if (!call.sources.alive())
        return errorAnswer(503, "stalled", "the loop shows no sign of life");
    auto out = jsonObject();
    out->set("alive", true);
    return jsonAnswer(out);
}

/// Whoever is asked here wants no token, so the reasons come without their details.
HttpAnswer readiness(const Call& call)
{
    const auto state = call.sources.state();
    if (!state->engineError.empty())
        return errorAnswer(503, "engine_away", "the engine does not answer; /api/v1/status tells more");
    if (!state->ready())
        return errorAnswer(503, "starting", "no pass has succeeded yet; /api/v1/status tells more");
    auto out = jsonObject();
    out->set("ready", true);
    return jsonAnswer(out);
}

HttpAnswer metrics(const Call& call)
{
    HttpAnswer out;
    out.type = "text/plain; version=0.0.4; charset=utf-8";
    out.body = call.sources.metrics.render(*call.sources.state(), call.sources.engine(), call.sources.recorder());
    return out;
}

HttpAnswer openApi(const Call&)
{
    HttpAnswer out;
    out.body = embeddedApi().at("openapi");
    return out;
}

HttpAnswer status(const Call& call)
{
    HttpAnswer out;
    out.body = call.statusText.of(call.sources.state());
    return out;
}

HttpAnswer instance(const Call& call)
{
    const auto state = call.sources.state();
    if (const auto document = instanceDocument(*state, call.name))
        return jsonAnswer(document);
    std::vector<std::string> names;
    for (const auto& each : state->instances)
        names.push_back(each.name);
    return errorAnswer(404, "no_such_instance",
                       fmt::format("project {} has no instance {}{}", state->project, call.name,
                                   names.empty() ? "" : fmt::format("; it has {}", fmt::join(names, ", "))));
}

HttpAnswer plan(const Call& call)
{
    return jsonAnswer(planToJson(call.sources.state()->plan));
}

HttpAnswer reconcile(const Call& call)
{
    call.sources.reconcile();
    auto out = jsonObject();
    out->set("accepted", true);
    return jsonAnswer(out, 202);
}

/// Throws UsageError for what makes no sense.
HistoryFilter filterOf(const Call& call, const std::string& project)
{
    HistoryFilter filter;
    filter.project = project;
    for (const auto& [key, value] : call.query)
        if (key == "since")
            filter.sinceMicros = parseMoment(value, "since", nowMicros() * 1000) / 1000;
        else if (key == "instance")
            filter.instance = value;
        else if (unsigned limit = 0;
                 key == "limit" && Poco::NumberParser::tryParseUnsigned(value, limit) && limit >= 1 && limit <= 1000)
            filter.limit = limit;
        else
            throw UsageError(key == "limit" ? "limit is a number from 1 to 1000"
                                            : fmt::format("no parameter {}; there are since, limit and instance", key));
    return filter;
}

/// An answer from history, which may be slow or away.
HttpAnswer fromHistory(bool there, std::function<HttpAnswer()> make)
{
    if (!there)
        return errorAnswer(404, "no_history", "history is switched off");
    HttpAnswer out;
    out.later = [make = std::move(make)]
    {
        try
        {
            return make();
        }
        catch (const NoSuchRun& error)
        {
            return errorAnswer(404, "no_such_run", error.what());
        }
        catch (const HistoryError& error)
        {
            return errorAnswer(503, "history_away", error.what());
        }
    };
    return out;
}

HttpAnswer history(const Call& call)
try
{
    const auto filter = filterOf(call, call.sources.state()->project);
    return fromHistory(call.sources.history != nullptr, [list = call.sources.history, filter]
                       { return jsonAnswer(historyJson(filter.project, list(filter))); });
}
catch (const UsageError& error)
{
    return errorAnswer(400, "bad_parameter", error.what());
}

HttpAnswer run(const Call& call)
{
    return fromHistory(call.sources.run != nullptr,
                       [show = call.sources.run, id = call.name, project = call.sources.state()->project]
                       {
                           const auto found = show(id);
                           if (found.project != project)
                               throw NoSuchRun(fmt::format("history has no run {} of project {}", id, project));
                           return jsonAnswer(historyJson(found));
                       });
}

/// Server-sent events (WHATWG HTML, "Server-sent events").
std::string streamText(const EventHub::Subscription::Taken& taken)
{
    std::string out;
    if (taken.dropped > 0)
        out += fmt::format("event: dropped\ndata: {{\"version\":1,\"dropped\":{}}}\n\n", taken.dropped);
    for (const auto& each : taken.messages)
        out += fmt::format("event: {}\ndata: {}\n\n", each->kind, each->json);
    return out;
}

HttpAnswer events(const Call& call)
{
    HttpAnswer out;
    out.type = "text/event-stream";
    out.body = ":\n\n"; // who listens learns at once that it is heard
    out.stream = [subscription = call.sources.events.subscribe(call.waker())]
    { return streamText(subscription->take()); };
    return out;
}

struct Route
{
    std::string_view path;   ///< `{}` at its end stands for one name
    std::string_view method; ///< GET is HEAD, too
    HttpAnswer (*answer)(const Call&);
    bool open = false; ///< for who has no token, too
};

constexpr Route routes[] = {
    {"/healthz", "GET", health, true},
    {"/readyz", "GET", readiness, true},
    {"/metrics", "GET", metrics},
    {"/api/v1/status", "GET", status},
    {"/api/v1/instances/{}", "GET", instance},
    {"/api/v1/plan", "GET", plan},
    {"/api/v1/history", "GET", history},
    {"/api/v1/history/{}", "GET", run},
    {"/api/v1/events", "GET", events},
    {"/api/v1/reconcile", "POST", reconcile},
    {"/api/v1/openapi.json", "GET", openApi},
};

/// What of `path` stands for the `{}` of a route; empty for one without. Nothing: it is another route's.
std::optional<std::string> match(std::string_view pattern, const std::string& path)
{
    if (!pattern.ends_with("{}"))
        return pattern == path ? std::optional<std::string>("") : std::nullopt;
    const auto before = pattern.substr(0, pattern.size() - 2);
    if (!path.starts_with(before) || path.size() == before.size() || path.find('/', before.size()) != std::string::npos)
        return std::nullopt;
    return path.substr(before.size());
}

HttpAnswer notFound(const std::string& path)
{
    std::vector<std::string> all;
    for (const auto& each : routes)
        all.emplace_back(each.path.substr(0, each.path.find("{}")));
    return errorAnswer(404, "not_found", fmt::format("there is no {}; there are {}", path, fmt::join(all, ", ")));
}

HttpAnswer wrongMethod(const Route& route)
{
    const std::string allowed = route.method == "GET" ? "GET, HEAD" : std::string(route.method);
    auto out = errorAnswer(405, "method_not_allowed", fmt::format("{} takes {}", route.path, allowed));
    out.headers.emplace_back("Allow", allowed);
    return out;
}

}

const std::string& StatusText::of(const std::shared_ptr<const DaemonState>& state)
{
    if (state != state_)
    {
        text_ = jsonAnswer(toJson(*state)).body;
        state_ = state;
    }
    return text_;
}

HttpAnswer answerTo(const HTTPRequest& request, const HttpAccess& access, const HttpSources& sources,
                    StatusText& statusText, const std::function<std::function<void()>()>& waker)
try
{
    const Poco::URI uri(request.getURI());
    std::optional<std::string> name;
    const auto* route = std::find_if(std::begin(routes), std::end(routes),
                                     [&](const Route& each) { return (name = match(each.path, uri.getPath())); });
    const bool found = route != std::end(routes);
    if (auto refused = access.refusal(request, found && route->open))
        return *std::move(refused);
    if (!found)
        return notFound(uri.getPath());
    const auto& method = request.getMethod();
    if (method != route->method && !(method == HTTPRequest::HTTP_HEAD && route->method == "GET"))
        return wrongMethod(*route);
    Call call{sources, statusText, waker, *name, {}};
    for (const auto& [key, value] : uri.getQueryParameters())
        call.query[key] = value;
    return route->answer(call);
}
catch (const Poco::SyntaxException&)
{
    return errorAnswer(400, "bad_request", "the path is no URI");
}

}
