#include "docker/engine_reader.h"
#include "docker/event_translator.h"
#include "docker/labels.h"
#include "docker/log_frames.h"
#include "docker/names.h"
#include "docker/translate_error.h"

#include <fmt/format.h>

/// The streams of EngineReader: logs and events.
namespace mcpctl::docker
{

void EngineReader::logs(const std::string& id, const LogOptions& options, const LogSink& sink,
                        const std::stop_token& stop) const
{
    const FrameSink piece = [&sink](LogStream which, std::string_view text, bool)
    { return sink({.stream = which, .text = text}); };
    LogFrames frames(piece);
    Request request{.path = "/containers/" + id + "/logs",
                    .query = {{"stdout", "1"}, {"stderr", "1"}},
                    .what = "read the log of container " + shortId(id)};
    request.query.emplace_back("tail", options.tail < 0 ? "all" : std::to_string(options.tail));
    StreamOptions stream{.framing = Framing::chunks, .idle = std::chrono::seconds(30)};
    stream.sink = [&](std::string_view bytes) { return frames.feed(bytes); };
    const auto end = translated([&] { return client_->getStream(request, stream, stop); });
    if (end == StreamEnd::finished && !frames.atBoundary())
        throw OrchestratorError(OrchestratorError::Kind::failed, request.what + ": it was cut off");
}

void EngineReader::events(const ProjectName& project, const EventSink& sink, const std::stop_token& stop) const
{
    EventTranslator translator(project);
    const Request request{
        .path = "/events", .query = {{"filters", EventTranslator::filters()}}, .what = "follow the engine's events"};
    StreamOptions stream;
    stream.onOpen = [&](const Response&)
    {
        // From here on nothing is missed, so what is there now and what is told from now on is everything.
        for (const auto& each : list(""))
            if (const auto owner = each.labels.find(std::string(label::project));
                owner != each.labels.end() && owner->second == project.text)
                translator.remember(each.id, each.name);
        sink(Event{});
    };
    stream.sink = [&](std::string_view line)
    {
        if (const auto event = translator.translate(parseJson(std::string(line), request.what)))
            sink(*event);
        return true;
    };
    const auto end = translated([&] { return client_->getStream(request, stream, stop); });
    if (end == StreamEnd::finished)
        throw OrchestratorError(OrchestratorError::Kind::unreachable, request.what + ": the engine ended the stream");
}

}
