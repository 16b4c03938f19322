#include "docker/log_stamps.h"

#include "model/timestamp.h"
#include "orchestrator/error.h"

#include <algorithm>

namespace mcpctl::docker
{

bool LogStamps::feed(LogStream stream, std::string_view bytes, bool begins)
{
    if (begins)
    {
        stamp_.clear();
        inStamp_ = true;
    }
    if (inStamp_)
    {
        const auto end = std::min(bytes.find(' '), bytes.size());
        stamp_ += bytes.substr(0, std::min(end, longest + 1));
        const auto time = end < bytes.size() ? parseTimestamp(stamp_) : std::nullopt;
        if (stamp_.size() > longest || (end < bytes.size() && !time))
            throw OrchestratorError(OrchestratorError::Kind::failed, "the engine sent a log without times");
        if (!time)
            return true;
        timeNanos_ = *time;
        inStamp_ = false;
        bytes.remove_prefix(end + 1);
    }
    return bytes.empty() || sink_({.stream = stream, .timeNanos = timeNanos_, .text = bytes});
}

}
