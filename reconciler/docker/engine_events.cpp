#include "docker/engine_reader.h"
#include "docker/labels.h"
#include "docker/names.h"
#include "docker/parse_stats.h"
#include "docker/translate_error.h"
#include "model/timestamp.h"

#include <fmt/format.h>

#include <algorithm>

/// Events and measurements, as EngineReader reads them.
namespace mcpctl::docker
{

namespace
{

/// `SECONDS.NANOSECONDS`, as the engine reads moments.
std::string momentText(std::int64_t nanos)
{
    return fmt::format("{}.{:09}", nanos / 1'000'000'000, nanos % 1'000'000'000);
}

/// In two rounds: an event of a network names its container by id alone, and the container may be gone, with its name
/// in a later event.
void tellAll(const std::vector<JsonView>& events, EventTranslator translator, const EventSink& sink)
{
    auto ahead = translator;
    for (const auto& each : events)
        if (const auto event = ahead.translate(each); event && EventTranslator::isOfInstance(event->type))
            translator.remember(event->id, event->name);
    for (const auto& each : events)
        if (const auto event = translator.translate(each))
            sink(*event);
}

}

EventTranslator EngineReader::translatorOf(const ProjectName& project) const
{
    EventTranslator translator(project);
    for (const auto& each : list(""))
        if (judgeOwnership(each.name, each.labels, project).ours)
            translator.remember(each.id, each.name);
    return translator;
}

std::int64_t EngineReader::clock() const
{
    const std::string what = "ask the engine for its time";
    const auto json = translated([&] { return client_->getJson({.path = "/info", .what = what}); });
    const auto now = parseTimestamp(json["SystemTime"].text());
    if (!now)
        json["SystemTime"].fail("not a time");
    return *now;
}

void EngineReader::events(const ProjectName& project, const EventSink& sink, const std::stop_token& stop) const
{
    std::optional<EventTranslator> translator;
    const Request request{
        .path = "/events", .query = {{"filters", EventTranslator::filters()}}, .what = "follow the engine's events"};
    StreamOptions stream;
    stream.onOpen = [&](const Response&)
    {
        // From here on nothing is missed, so what is there now and what is told from now on is everything.
        translator.emplace(translatorOf(project));
        sink(Event{});
    };
    stream.sink = [&](std::string_view line)
    {
        if (const auto event = translator->translate(parseJson(line, request.what)))
            sink(*event);
        return true;
    };
    const auto end = translated([&] { return client_->getStream(request, stream, stop); });
    if (end == StreamEnd::finished)
        throw OrchestratorError(OrchestratorError::Kind::unreachable, request.what + ": the engine ended the stream");
}

std::int64_t EngineReader::eventsBetween(const ProjectName& project, std::int64_t sinceNanos,
                                         std::optional<std::int64_t> untilNanos, const EventSink& sink) const
{
    // Past the present the engine would wait for more.
    const auto now = clock();
    const auto until = std::min(untilNanos.value_or(now), now);
    if (until < sinceNanos)
        return until;
    const Request request{.path = "/events",
                          .query = {{"filters", EventTranslator::filters()},
                                    {"since", momentText(sinceNanos)},
                                    {"until", momentText(until)}},
                          .what = "ask for the engine's past events"};
    std::vector<JsonView> events;
    StreamOptions stream{.idle = std::chrono::seconds(30)};
    stream.sink = [&](std::string_view line)
    {
        events.push_back(parseJson(line, request.what));
        return true;
    };
    translated([&] { return client_->getStream(request, stream); });
    tellAll(events, translatorOf(project), sink);
    return until;
}

Stats EngineReader::stats(const std::string& id) const
{
    const Request request{.path = "/containers/" + id + "/stats",
                          .query = {{"stream", "0"}, {"one-shot", "1"}},
                          .what = "measure container " + shortId(id)};
    const auto json = translated([&] { return client_->getJson(request); });
    const auto stats = parseStats(json);
    if (!stats)
        throw OrchestratorError(OrchestratorError::Kind::failed, request.what + ": it does not run");
    return *stats;
}

}
