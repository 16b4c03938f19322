#include "orchestrator/log_cursor.h"

#include <algorithm>

namespace mcpctl
{

namespace
{

/// How far the times of the two streams may cross: a line is given its time, and then waits for its turn to be written.
constexpr std::int64_t slackNanos = 60'000'000'000;

}

std::optional<std::int64_t> LogCursor::since() const
{
    const auto& [out, err] = places_;
    if (!out.any && !err.any)
        return std::nullopt;
    // A stream that was silent for long, or for ever, need not be read again from there.
    const auto latest = std::max(out.timeNanos, err.timeNanos);
    const auto earliest = std::min(out.timeNanos, err.timeNanos);
    return std::max({earliest, latest - slackNanos, std::int64_t{0}});
}

void LogCursor::rewind()
{
    for (auto& place : places_)
    {
        place.behind = place.any;
        place.toSkip = place.bytes;
    }
}

std::string_view LogCursor::advance(const LogPiece& piece)
{
    auto& place = places_[piece.stream == LogStream::out ? 0 : 1];
    auto text = piece.text;
    if (place.behind)
    {
        if (piece.timeNanos < place.timeNanos)
            return {};
        // What comes after the last piece is new, and so is everything if the engine has thrown that one away.
        if (piece.timeNanos > place.timeNanos)
            place.toSkip = 0;
        const auto skipped = std::min<std::uint64_t>(place.toSkip, text.size());
        text.remove_prefix(skipped);
        place.toSkip -= skipped;
        place.behind = place.toSkip > 0;
    }
    if (text.empty())
        return text;
    if (!place.any || piece.timeNanos != place.timeNanos)
        place = {.any = true, .timeNanos = piece.timeNanos};
    place.bytes += text.size();
    return text;
}

}
