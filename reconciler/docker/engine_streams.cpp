#include "docker/engine_reader.h"
#include "docker/log_frames.h"
#include "docker/log_stamps.h"
#include "docker/names.h"
#include "docker/translate_error.h"

#include <fmt/format.h>

/// Logs, as EngineReader reads them.
namespace mcpctl::docker
{

namespace
{

/// As the engine wants a moment: seconds and, behind the point, nanoseconds.
std::string momentOf(std::int64_t nanos)
{
    return fmt::format("{}.{:09}", nanos / 1'000'000'000, nanos % 1'000'000'000);
}

Request logRequest(const std::string& id, const LogOptions& options)
{
    const auto flag = [](bool on) { return on ? "1" : "0"; };
    Request request{.path = "/containers/" + id + "/logs",
                    .query = {{"stdout", flag(options.only != LogStream::err)},
                              {"stderr", flag(options.only != LogStream::out)},
                              {"timestamps", flag(options.timestamps)},
                              {"follow", flag(options.follow)},
                              {"tail", options.tail < 0 ? "all" : std::to_string(options.tail)}},
                    .what = "read the log of container " + shortId(id)};
    if (options.follow) // Engine 20.10 sends not even a header before the first line
        request.deadline = std::chrono::hours(24 * 365);
    if (options.sinceNanos)
        request.query.emplace_back("since", momentOf(*options.sinceNanos));
    if (options.untilNanos)
        request.query.emplace_back("until", momentOf(*options.untilNanos));
    return request;
}

/// The engine's words for a log that cannot be read, and what to do about it.
OrchestratorError withAdvice(const OrchestratorError& error)
{
    const std::string text = error.what();
    if (text.find("does not support reading") == std::string::npos)
        return error;
    return {error.kind(), text + "; it keeps no log that could be read: set `logging: {driver: json-file}` or `local` "
                                 "in its manifest and apply it"};
}

}

void EngineReader::logs(const std::string& id, const LogOptions& options, const LogSink& sink,
                        const std::stop_token& stop) const
{
    const auto request = logRequest(id, options);
    LogStamps stamps(sink, options.follow);
    const FrameSink piece = [&](LogStream which, std::string_view text, bool begins)
    { return options.timestamps ? stamps.feed(which, text, begins) : sink({.stream = which, .text = text}); };
    LogFrames frames(piece);
    StreamOptions stream{.framing = Framing::chunks};
    // What is followed may be silent for days; else the engine is given time to look through a large log.
    stream.idle = options.follow ? std::chrono::seconds(0) : std::chrono::minutes(2);
    stream.sink = [&](std::string_view bytes) { return frames.feed(bytes); };
    try
    {
        const auto end = translated([&] { return client_->getStream(request, stream, stop); });
        if (end == StreamEnd::finished && !frames.atBoundary())
            throw OrchestratorError(OrchestratorError::Kind::failed, request.what + ": it was cut off");
    }
    catch (const OrchestratorError& error)
    {
        throw withAdvice(error);
    }
}

}
