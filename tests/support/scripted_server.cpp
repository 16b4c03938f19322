#include "support/scripted_server.h"

#include "support/alloc_fault.h"

#include <Poco/Exception.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <Poco/String.h>

#include <algorithm>
#include <sstream>

#include <poll.h>
#include <sys/socket.h>

namespace mcpctl::test
{

using Poco::Net::SocketAddress;

namespace
{

/// Poco hands out sockets only for its own implementations.
struct OwnStreamSocket : Poco::Net::StreamSocket
{
    explicit OwnStreamSocket(Poco::Net::SocketImpl* impl) : StreamSocket(impl) {}
};

}

bool Peer::fill()
{
    char bytes[4096];
    try
    {
        const int count = socket_.receiveBytes(bytes, sizeof bytes);
        if (count <= 0)
            return false;
        buffer_.append(bytes, static_cast<std::size_t>(count));
        return true;
    }
    catch (const Poco::Exception&)
    {
        return false;
    }
}

std::optional<ReceivedRequest> Peer::readRequest()
{
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!fill())
            return std::nullopt;
    std::istringstream head(buffer_.substr(0, end + 2));
    buffer_.erase(0, end + 4);

    ReceivedRequest result{.connection = number_};
    std::string line;
    std::getline(head, line);
    std::istringstream(line) >> result.method >> result.target;
    while (std::getline(head, line))
        if (const auto colon = line.find(':'); colon != std::string::npos)
            result.headers[Poco::toLower(line.substr(0, colon))] = Poco::trim(line.substr(colon + 1));
    const std::size_t length =
        result.headers.contains("content-length") ? std::stoul(result.headers["content-length"]) : 0;
    while (buffer_.size() < length)
        if (!fill())
            return std::nullopt;
    result.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return result;
}

void Peer::send(const std::string& bytes)
{
    try
    {
        for (std::size_t done = 0; done < bytes.size();)
            done += static_cast<std::size_t>(std::max(
                0, socket_.sendBytes(bytes.data() + done, static_cast<int>(bytes.size() - done), MSG_NOSIGNAL)));
    }
    catch (const Poco::Exception&)
    {
        open_ = false;
    }
}

void Peer::waitForEnd()
{
    while (fill())
        buffer_.clear();
}

std::string httpAnswer(int status, const std::string& body, const std::vector<std::string>& fields)
{
    std::string result = "HTTP/1.1 " + std::to_string(status) + " Text\r\n";
    for (const auto& field : fields)
        result += field + "\r\n";
    return result + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string chunkedHeader()
{
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(const std::string& bytes)
{
    std::ostringstream out;
    out << std::hex << bytes.size() << "\r\n" << bytes << "\r\n";
    return out.str();
}

ScriptedServer::ScriptedServer(Kind kind, Poco::Net::Context::Ptr tls) : kind_(kind), tls_(std::move(tls))
{
    if (kind_ == Kind::unixSocket)
        listener_.bind(SocketAddress(SocketAddress::UNIX_LOCAL, (folder_.path() / "s.sock").string()), false);
    else
        listener_.bind(SocketAddress("127.0.0.1", 0), true);
    listener_.listen(64);
    acceptor_ = std::thread([this] { accept(); });
}

ScriptedServer::~ScriptedServer()
{
    stopping_ = true;
    acceptor_.join();
    std::vector<std::thread> workers;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, descriptor] : descriptors_)
            ::shutdown(descriptor, SHUT_RDWR);
        workers.swap(workers_);
    }
    for (auto& worker : workers)
        worker.join();
}

void ScriptedServer::script(Answer answer)
{
    const std::lock_guard lock(mutex_);
    script_.push_back(std::move(answer));
}

void ScriptedServer::takeOver(std::function<void(Peer&)> handler)
{
    const std::lock_guard lock(mutex_);
    handler_ = std::move(handler);
}

docker::Endpoint ScriptedServer::endpoint() const
{
    if (kind_ == Kind::unixSocket)
        return {.socketPath = (folder_.path() / "s.sock").string(), .origin = "test"};
    return {.scheme = docker::Endpoint::Scheme::tcp,
            .host = "127.0.0.1",
            .port = listener_.address().port(),
            .origin = "test"};
}

std::vector<ReceivedRequest> ScriptedServer::requests() const
{
    const std::lock_guard lock(mutex_);
    return requests_;
}

void ScriptedServer::accept()
{
    const AllocFault::Elsewhere inTheServer;
    while (!stopping_)
    {
        if (!listener_.poll(Poco::Timespan(0, 20'000), Poco::Net::Socket::SELECT_READ))
            continue;
        const int descriptor = ::accept(listener_.impl()->sockfd(), nullptr, nullptr);
        if (descriptor < 0)
            continue;
        const int number = ++connections_;
        const std::lock_guard lock(mutex_);
        descriptors_[number] = descriptor;
        workers_.emplace_back([this, descriptor, number] { serve(descriptor, number); });
    }
}

/// Makes the socket on the thread that uses it: Poco counts its owners where ThreadSanitizer does not see it.
void ScriptedServer::serve(int descriptor, int number)
{
    const AllocFault::Elsewhere inTheServer;
    const OwnStreamSocket raw(new Poco::Net::StreamSocketImpl(descriptor));
    std::optional<Peer> peer;
    try
    {
        peer.emplace(number, tls_ ? Poco::Net::SecureStreamSocket::attach(raw, tls_) : Poco::Net::StreamSocket(raw));
        std::function<void(Peer&)> handler;
        {
            const std::lock_guard lock(mutex_);
            handler = handler_;
        }
        handler ? handler(*peer) : answerByScript(*peer);
    }
    catch (const Poco::Exception&) // a handshake that fails is the client's to report
    {
    }
    const std::lock_guard lock(mutex_); // before the descriptor is closed, or the destructor would shut down another's
    descriptors_.erase(number);
    ::shutdown(descriptor, SHUT_RDWR);
}

std::optional<Answer> ScriptedServer::nextAnswer(const ReceivedRequest& request)
{
    if (request.target == "/_ping" && !apiVersion.empty())
        return Answer{.bytes = httpAnswer(200, "OK", {"Api-Version: " + apiVersion})};
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (script_.empty())
        return std::nullopt;
    Answer result = std::move(script_.front());
    script_.pop_front();
    return result;
}

void ScriptedServer::answerByScript(Peer& peer)
{
    while (const auto request = peer.readRequest())
    {
        const auto answer = nextAnswer(*request);
        if (!answer)
            return; // nothing scripted: close
        std::this_thread::sleep_for(answer->delay);
        peer.send(answer->bytes);
        if (answer->then == Answer::Then::close)
            return;
        if (answer->then == Answer::Then::hang)
            return peer.waitForEnd();
    }
}

}
