#include "docker/guarded_socket.h"

#include "docker/own_stream_socket.h"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

namespace mcpctl::docker
{

namespace
{

using Poco::Net::SocketAddress;

/// Close-on-exec from its first moment on: another thread may be starting a credential helper.
int openDescriptor(SocketAddress::Family family)
{
    const int domain = family == SocketAddress::UNIX_LOCAL ? AF_UNIX
                       : family == SocketAddress::IPv6     ? AF_INET6
                                                           : AF_INET;
    const int result = ::socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (result < 0)
        throw Poco::IOException("cannot make a socket", errno);
    return result;
}

class PlainSocket final : public Poco::Net::StreamSocketImpl
{
public:
    PlainSocket(SocketAddress::Family family, std::shared_ptr<SocketGuard> guard)
        : StreamSocketImpl(openDescriptor(family)), guard_(std::move(guard))
    {
        guard_->own(sockfd());
    }

    using StreamSocketImpl::receiveBytes;
    using StreamSocketImpl::sendBytes;

    int receiveBytes(void* buffer, int length, int flags) override
    {
        guard_->awaitReadable(sockfd());
        const int count = StreamSocketImpl::receiveBytes(buffer, length, flags);
        guard_->received(static_cast<const char*>(buffer), count);
        return count;
    }

    int sendBytes(const void* buffer, int length, int flags) override
    {
        setSendTimeout(asTimespan(guard_->timeLeft().value_or(std::chrono::milliseconds(0))));
        const int count = StreamSocketImpl::sendBytes(buffer, length, flags | MSG_NOSIGNAL);
        guard_->sent(count);
        return count;
    }

    void close() override
    {
        guard_->disown();
        StreamSocketImpl::close();
    }

protected:
    ~PlainSocket() override { guard_->disown(); }

private:
    const std::shared_ptr<SocketGuard> guard_;
};

Poco::Net::StreamSocket connectUnix(const Endpoint& endpoint, std::chrono::milliseconds timeout,
                                    const std::shared_ptr<SocketGuard>& guard)
{
    OwnStreamSocket socket(new PlainSocket(SocketAddress::UNIX_LOCAL, guard));
    // The timeout of a send bounds a connect, too. Poco's connect with a timeout takes a full backlog for success.
    socket.setSendTimeout(asTimespan(timeout));
    socket.connect(SocketAddress(SocketAddress::UNIX_LOCAL, endpoint.socketPath));
    return socket;
}

/// Tries every address of the host, IPv4 first, and throws what the last one said.
Poco::Net::StreamSocket connectTcp(const Endpoint& endpoint, std::chrono::milliseconds timeout,
                                   const std::shared_ptr<SocketGuard>& guard)
{
    Poco::Net::IPAddress literal;
    std::vector<Poco::Net::IPAddress> addresses;
    if (Poco::Net::IPAddress::tryParse(endpoint.host, literal))
        addresses = {literal};
    else
        addresses = Poco::Net::DNS::hostByName(endpoint.host).addresses();
    std::stable_sort(addresses.begin(), addresses.end(),
                     [](const auto& a, const auto& b) { return a.family() < b.family(); });
    if (addresses.empty())
        throw Poco::Net::HostNotFoundException(endpoint.host);
    for (std::size_t i = 0;; ++i)
    {
        try
        {
            OwnStreamSocket socket(new PlainSocket(addresses[i].family(), guard));
            socket.connect(SocketAddress(addresses[i], endpoint.port), asTimespan(timeout));
            socket.setNoDelay(true);
            return socket;
        }
        catch (const Poco::Exception&)
        {
            if (i + 1 == addresses.size() || guard->cancelled())
                throw;
        }
    }
}

}

Poco::Net::StreamSocket connectGuarded(const Endpoint& endpoint, const Tls* tls, std::chrono::milliseconds timeout,
                                       const std::shared_ptr<SocketGuard>& guard)
{
    timeout = std::min(timeout, guard->timeLeft().value_or(timeout));
    Poco::Net::StreamSocket plain = endpoint.scheme == Endpoint::Scheme::unixSocket
                                        ? connectUnix(endpoint, timeout, guard)
                                        : connectTcp(endpoint, timeout, guard);
    if (tls == nullptr)
        return plain;
    plain.setReceiveTimeout(asTimespan(timeout));
    plain.setSendTimeout(asTimespan(timeout));
    return tls->over(plain, endpoint.host, guard);
}

}
