#pragma once

#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>

#include <chrono>

namespace mcpctl::docker
{

/// Poco hands out sockets only for its own implementations.
struct OwnStreamSocket : Poco::Net::StreamSocket
{
    explicit OwnStreamSocket(Poco::Net::SocketImpl* impl) : StreamSocket(impl) {}
};

inline Poco::Timespan asTimespan(std::chrono::milliseconds time)
{
    return {time.count() * 1000};
}

}
