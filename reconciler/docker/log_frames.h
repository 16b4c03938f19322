#pragma once

#include "orchestrator/live.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace mcpctl::docker
{

/// Gets the pieces of frames; `begins`: it is the first of its frame. False: it has enough.
using FrameSink = std::function<bool(LogStream stream, std::string_view bytes, bool begins)>;

/// Takes the two streams of a container without a terminal apart, which the engine sends as one: frames of an 8-byte
/// header (stream, 0, 0, 0, length as 32 bits big-endian) and the bytes. Bytes may arrive cut anywhere; nothing is kept
/// but a header in the making. Source: Engine API, ContainerAttach, "Stream format".
class LogFrames
{
public:
    explicit LogFrames(const FrameSink& sink) : sink_(sink) {}

    /// Returns false when the sink has enough. Throws OrchestratorError (failed) for what is no frame: an unknown
    /// stream, or one longer than an engine ever sends.
    bool feed(std::string_view bytes);

    /// Nothing of a frame is missing. False at the end of a log means that it was cut off.
    bool atBoundary() const { return headerBytes_ == 0 && left_ == 0; }

private:
    static constexpr std::size_t headerSize = 8;
    static constexpr std::uint32_t longest = 64 * 1024 * 1024;

    void begin();

    const FrameSink& sink_;
    std::array<unsigned char, headerSize> header_{};
    std::size_t headerBytes_ = 0;
    std::uint32_t left_ = 0; ///< bytes of the frame that are still to come
    LogStream stream_ = LogStream::out;
    bool begins_ = false; ///< nothing of the frame was handed out yet
};

}
