#include "mcp/connection.h"

#include <algorithm>

namespace mcpctl::mcp
{

namespace
{

constexpr std::size_t mostLastWords = 1000;

}

Connection::What Connection::fill(Clock::time_point deadline)
{
    if (Clock::now() >= deadline) // also while more and more comes
        return What::late;
    const auto reading = channel_->read(deadline);
    if (reading.what != What::bytes)
        return reading.what;
    if (reading.stream == LogStream::out)
        buffer_ += reading.bytes;
    else
    {
        lastWords_ += reading.bytes;
        if (lastWords_.size() > mostLastWords)
            lastWords_.erase(0, lastWords_.size() - mostLastWords);
    }
    return What::bytes;
}

std::optional<std::string> Connection::takeLine()
{
    const auto end = buffer_.find('\n', std::min(searched_, buffer_.size()));
    searched_ = end == std::string::npos ? buffer_.size() : 0;
    if (end == std::string::npos)
        return std::nullopt;
    auto line = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    return line;
}

}
