#pragma once

#include "orchestrator/live.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mcpctl
{

/// How far the log of one instance has been delivered, so that a reading that broke off can be gone on with: no byte
/// is lost, none comes twice.
///
/// Times alone do not tell: several lines may carry the same one, and all parts of a long line do. So for each stream
/// it is the time of the last piece and how many bytes of that time were delivered. Each stream for itself, for the
/// times of the two may cross in a log, while those of one only grow.
///
///     cursor.rewind();
///     options.timestamps = true;
///     options.sinceNanos = cursor.since();
///     view.getLogs(id, options, [&](LogPiece piece) { piece.text = cursor.advance(piece); ... }, stop);
class LogCursor
{
public:
    /// Where the next reading has to begin; nothing: at the beginning, for nothing was delivered yet.
    std::optional<std::int64_t> since() const;

    /// To be called before each reading.
    void rewind();

    /// What of `piece` was not delivered before; from here on it is.
    std::string_view advance(const LogPiece& piece);

private:
    struct Place
    {
        bool any = false;           ///< something was delivered
        std::int64_t timeNanos = 0; ///< of the last piece
        std::uint64_t bytes = 0;    ///< delivered with that time
        bool behind = false;        ///< this reading is still at what was delivered by the one before
        std::uint64_t toSkip = 0;   ///< bytes of `timeNanos` that it still has to pass over
    };

    std::array<Place, 2> places_;
};

}
