#include "docker/log_stamps.h"

#include "model/timestamp.h"
#include "orchestrator/error.h"

#include <algorithm>
#include <utility>

namespace mcpctl::docker
{

bool LogStamps::feed(LogStream stream, std::string_view bytes, bool begins)
{
    if (begins)
    {
        if (repeated_ < last_.size() && !release())
            return false;
        stamp_.clear();
        inStamp_ = true;
    }
    if (inStamp_ && !finishStamp(stream, bytes))
        return true;
    if (repeats_)
    {
        const auto rest = std::string_view(last_).substr(repeated_);
        const auto same = std::mismatch(bytes.begin(), bytes.end(), rest.begin(), rest.end()).first - bytes.begin();
        repeated_ += static_cast<std::size_t>(same);
        bytes.remove_prefix(static_cast<std::size_t>(same));
        if (!bytes.empty() && !release())
            return false;
    }
    return hand(bytes);
}

bool LogStamps::finishStamp(LogStream stream, std::string_view& bytes)
{
    const auto end = std::min(bytes.find(' '), bytes.size());
    stamp_ += bytes.substr(0, std::min(end, longest + 1));
    const bool complete = end < bytes.size();
    const auto time = complete ? parseTimestamp(stamp_) : std::nullopt;
    if (stamp_.size() > longest || (complete && !time))
        throw OrchestratorError(OrchestratorError::Kind::failed, "the engine sent a log without times");
    if (!complete)
        return false;
    repeats_ = follows_ && stream == stream_ && *time == timeNanos_ && last_.ends_with('\n');
    repeated_ = 0;
    if (!repeats_)
        last_.clear();
    stream_ = stream;
    timeNanos_ = *time;
    inStamp_ = false;
    bytes.remove_prefix(end + 1);
    return true;
}

bool LogStamps::release()
{
    if (!std::exchange(repeats_, false))
        return true;
    const auto text = std::exchange(last_, {}).substr(0, repeated_);
    return hand(text);
}

bool LogStamps::hand(std::string_view text)
{
    if (follows_)
        last_ += text;
    return text.empty() || sink_({.stream = stream_, .timeNanos = timeNanos_, .text = text});
}

}
