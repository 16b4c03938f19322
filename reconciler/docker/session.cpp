#include "docker/session.h"

#include <Poco/Net/HTTPMessage.h>
#include <Poco/Net/NetException.h>

#include <fmt/core.h>

#include <algorithm>

#include <poll.h>

namespace mcpctl::docker
{

namespace
{

/// Header fields of one response; the engine sends about ten.
constexpr int mostHeaderFields = 200;

}

/// The address is a literal, so that Poco resolves no name, and never used: connect() is ours. Without the empty
/// ProxyConfig a proxy set for the whole process would be.
Session::Session(std::shared_ptr<const Dialer> dialer, bool keepAlive)
    : HTTPClientSession("127.0.0.1", 1, ProxyConfig{}), dialer_(std::move(dialer)),
      guard_(std::make_shared<SocketGuard>(dialer_->traffic))
{
    setKeepAlive(keepAlive);
    setKeepAliveTimeout(Poco::Timespan(60, 0));
}

void Session::connect(const Poco::Net::SocketAddress&)
{
    connectError_.reset();
    try
    {
        Poco::Net::StreamSocket socket =
            connectGuarded(dialer_->endpoint, dialer_->tls.get(), dialer_->connectTimeout, guard_);
        Poco::Buffer<char> leftOver(0);
        drainBuffer(leftOver); // of the connection before
        attachSocket(socket);
        ++dialer_->traffic->connections;
    }
    catch (const Poco::Exception& error)
    {
        connectError_.reset(error.clone());
        throw;
    }
}

std::istream& Session::exchange(Poco::Net::HTTPRequest& request, std::string_view body,
                                Poco::Net::HTTPResponse& response)
{
    request.set("Host", "docker");
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    guard_->forgetEnd();
    answered_ = false;
    std::ostream& out = sendRequest(request);
    out.write(body.data(), static_cast<std::streamsize>(body.size()));
    out.flush();

    // An engine may refuse early and close; so a failed write is no reason not to look for its answer.
    response.setFieldLimit(mostHeaderFields);
    std::istream& in = receiveResponse(response);
    if (guard_->peerClosed())
        throw Poco::Net::NoMessageException("the connection was closed within the response's header");
    answered_ = true;
    if (const int status = response.getStatus(); status < 100 || status > 599) // Poco takes any number
        throw BrokenAnswer(fmt::format("the answer has status {}, which HTTP does not know", status));
    return in;
}

bool Session::stale()
{
    if (!connected())
        return false;
    if (hasSurplus())
        return true;
    pollfd entry{.fd = socket().impl()->sockfd(), .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, 0) != 0;
}

std::string Session::takeBuffered()
{
    Poco::Buffer<char> rest(0);
    drainBuffer(rest);
    return {rest.begin(), rest.size()};
}

BodyReader::BodyReader(Session& session, const Poco::Net::HTTPResponse& response, std::istream& in)
    : session_(session), response_(response), in_(in)
{
}

std::string_view BodyReader::next()
{
    in_.peek(); // waits for one byte, or for the end
    if (!in_.good())
    {
        if (const Poco::Exception* error = session_.networkException(); error && in_.bad())
            error->rethrow();
        checkEnd();
        return {};
    }
    // What has arrived, and no more: a read of the whole buffer would wait until it is full.
    const auto ready = std::clamp<std::streamsize>(in_.rdbuf()->in_avail(), 1, buffer_.size());
    in_.read(buffer_.data(), ready);
    const auto count = static_cast<std::size_t>(in_.gcount());
    total_ += count;
    return {buffer_.data(), count};
}

void BodyReader::checkEnd() const
{
    if (response_.getChunkedTransferEncoding())
    {
        if (session_.guard().peerClosed())
            throw BrokenAnswer(fmt::format("the connection was closed within the answer, after {} bytes", total_),
                               true);
        // Poco ends a body at a chunk size that it cannot read.
        if (session_.hasSurplus() || (session_.guard().lastBytes() != "0\r\n\r\n" && !response_.has("Trailer")))
            throw BrokenAnswer(fmt::format("the chunked encoding is broken after {} bytes", total_));
    }
    else if (response_.hasContentLength() && static_cast<std::uint64_t>(response_.getContentLength64()) != total_)
        throw BrokenAnswer(fmt::format("the connection was closed after {} of {} bytes of the answer", total_,
                                       response_.getContentLength64()),
                           true);
}

}
