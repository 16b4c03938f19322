#include "docker/log_frames.h"
#include "docker/log_stamps.h"
#include "fuzz/fuzz.h"
#include "orchestrator/error.h"

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <functional>
#include <tuple>
#include <vector>

using namespace mcpctl;
using mcpctl::docker::FrameSink;
using mcpctl::docker::LogFrames;
using mcpctl::docker::LogStamps;
using mcpctl::fuzz::require;

namespace
{

/// All that came out of a log, told so that it does not matter how it was cut.
struct Heard
{
    std::vector<std::tuple<LogStream, std::int64_t, std::string>> pieces; ///< neighbours of one stream and time are one
    bool broken = false;
    bool atBoundary = false;

    bool operator==(const Heard&) const = default;

    bool add(LogStream stream, std::int64_t time, std::string_view text, bool begins)
    {
        if (begins || pieces.empty() || std::get<0>(pieces.back()) != stream || std::get<1>(pieces.back()) != time)
            pieces.emplace_back(stream, time, "");
        std::get<2>(pieces.back()) += text;
        return true;
    }
};

enum class Reading
{
    frames,
    stamps,
    followed,
};

/// Reads `log` in pieces as long as `lengths` say, in turn; without any in one piece.
Heard hear(std::string_view log, Reading reading, const std::vector<std::size_t>& lengths)
{
    Heard heard;
    const LogSink told = [&](const LogPiece& piece)
    { return heard.add(piece.stream, piece.timeNanos, piece.text, false); };
    LogStamps stamps(told, reading == Reading::followed);
    const FrameSink sink = [&](LogStream stream, std::string_view text, bool begins)
    { return reading == Reading::frames ? heard.add(stream, 0, text, begins) : stamps.feed(stream, text, begins); };
    LogFrames frames(sink);
    try
    {
        for (std::size_t i = 0; !log.empty(); ++i)
        {
            const auto length = lengths.empty() ? log.size() : std::min(lengths[i % lengths.size()], log.size());
            require(frames.feed(log.substr(0, length)), "a sink that wants more is given more");
            log.remove_prefix(length);
        }
        heard.atBoundary = frames.atBoundary();
    }
    catch (const OrchestratorError&)
    {
        heard.broken = true;
    }
    return heard;
}

}

/// The same, of a whole log, as simply as the format can be read.
Heard readFrames(std::string_view log)
{
    Heard heard;
    bool whole = true;
    while (log.size() >= 8 && !heard.broken)
    {
        std::size_t length = 0;
        for (const char c : log.substr(4, 4))
            length = length << 8U | static_cast<unsigned char>(c);
        heard.broken = log[0] < 0 || log[0] > 2 || log.substr(1, 3) != std::string_view("\0\0\0", 3) ||
                       length > std::size_t{64} * 1024 * 1024;
        const auto text = log.substr(8, length);
        if (!heard.broken && !text.empty())
            heard.add(log[0] == 2 ? LogStream::err : LogStream::out, 0, text, true);
        whole = text.size() == length;
        log.remove_prefix(std::min(log.size(), 8 + length));
    }
    heard.atBoundary = !heard.broken && log.empty() && whole;
    return heard;
}

/// A container's log as the engine sends it. However the connection cuts it, the same comes out.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    FuzzedDataProvider in(data, size);
    std::vector<std::size_t> lengths(4);
    for (auto& length : lengths)
        length = in.ConsumeIntegralInRange<std::size_t>(1, 32); // from the end of the input
    const auto log = in.ConsumeRemainingBytesAsString();
    require(hear(log, Reading::frames, {}) == readFrames(log), "frames are read as they are written");
    for (const auto reading : {Reading::frames, Reading::stamps, Reading::followed})
        require(hear(log, reading, {}) == hear(log, reading, lengths), "the same log, however it is cut");
    return 0;
}
