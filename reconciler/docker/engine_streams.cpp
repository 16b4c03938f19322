#include "docker/engine_reader.h"
#include "docker/log_frames.h"
#include "docker/names.h"
#include "docker/translate_error.h"

#include <fmt/format.h>

/// Logs, as EngineReader reads them.
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

}
