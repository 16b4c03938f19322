#include "docker/log_frames.h"

#include "orchestrator/error.h"

#include <algorithm>
#include <utility>

namespace mcpctl::docker
{

bool LogFrames::feed(std::string_view bytes)
{
    while (!bytes.empty())
    {
        if (left_ == 0)
        {
            header_[headerBytes_++] = static_cast<unsigned char>(bytes.front());
            bytes.remove_prefix(1);
            if (headerBytes_ == headerSize)
                begin();
            continue;
        }
        const auto piece = bytes.substr(0, left_);
        bytes.remove_prefix(piece.size());
        left_ -= static_cast<std::uint32_t>(piece.size());
        if (!sink_(stream_, piece, std::exchange(begins_, false)))
            return false;
    }
    return true;
}

void LogFrames::begin()
{
    const std::uint32_t length = std::uint32_t{header_[4]} << 24 | std::uint32_t{header_[5]} << 16 |
                                 std::uint32_t{header_[6]} << 8 | std::uint32_t{header_[7]};
    const bool padded = header_[1] == 0 && header_[2] == 0 && header_[3] == 0;
    if (!padded || header_[0] > 2 || length > longest)
        throw OrchestratorError(
            OrchestratorError::Kind::failed,
            "the engine sent a log that is not in frames: the container was given a terminal, which mcpctl "
            "never does; make it anew, or read its log with the engine's own tools");
    stream_ = header_[0] == 2 ? LogStream::err : LogStream::out;
    left_ = length;
    headerBytes_ = 0;
    begins_ = true;
}

}
