#include "app/http_server.h"

#include "app/http_request.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace mcpctl
{

namespace
{

using namespace std::chrono_literals;

constexpr auto lingering = 1s;       // for the client to close
constexpr auto withoutFiles = 100ms; // until the next accept

[[noreturn]] void fail(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

Descriptor listenAt(const Poco::Net::SocketAddress& address)
{
    Descriptor out(::socket(address.af(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    // The port of a daemon that just ended is free for the next one.
    if (out.get() < 0 || ::setsockopt(out.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        ::bind(out.get(), address.addr(), static_cast<socklen_t>(address.length())) != 0 ||
        ::listen(out.get(), SOMAXCONN) != 0)
        fail("cannot listen on " + address.toString());
    return out;
}

std::uint16_t portOf(const Descriptor& socket)
{
    sockaddr_storage storage{};
    socklen_t length = sizeof(storage);
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    if (::getsockname(socket.get(), address, &length) != 0)
        fail("getsockname");
    return Poco::Net::SocketAddress(address, length).port();
}

/// With half of the descriptors for others.
HttpServer::Limits within(HttpServer::Limits limits)
{
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY)
        limits.connections = std::min<std::size_t>(limits.connections, files.rlim_cur / 2);
    return limits;
}

/// What is there to be read; nothing where that is nothing yet. `gone`: and there will be no more.
std::string receive(const Descriptor& socket, bool& gone)
{
    std::array<char, 4096> buffer{};
    const auto count = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    gone = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

}

HttpServer::HttpServer(const Poco::Net::SocketAddress& address, Handler handler, Limits limits)
    : handler_(std::move(handler)), limits_(within(limits)), listener_(listenAt(address)), port_(portOf(listener_)),
      bell_(std::make_shared<Bell>()), worker_(limits_.waiting, waker()),
      thread_([this](const std::stop_token& stop) { run(stop); })
{
}

HttpServer::~HttpServer()
{
    thread_.request_stop();
    bell_->ring();
}

std::function<void()> HttpServer::waker() const
{
    return [bell = bell_] { bell->ring(); };
}

void HttpServer::run(const std::stop_token& stop)
{
    while (!stop.stop_requested())
    {
        const auto events = poll();
        bell_->silence(); // before looking at what it rang for
        for (auto& [id, made] : worker_.take())
            if (const auto found = connections_.find(id); found != connections_.end())
                answer(id, found->second, std::move(made));
        for (auto& [id, each] : connections_)
        {
            const auto happened = events.find(each.socket.get());
            serve(id, each, happened == events.end() ? 0 : happened->second);
        }
        std::erase_if(connections_, [](const auto& each) { return each.second.state == Connection::State::closed; });
        if (Clock::now() >= acceptAt_)
            acceptAll();
    }
}

/// Waits until something happens, or a time is over. What happened, by descriptor.
std::map<int, int> HttpServer::poll() const
{
    const auto now = Clock::now();
    auto until = now + 60s;
    std::vector<pollfd> all{{bell_->descriptor(), POLLIN, 0}};
    if (now >= acceptAt_)
        all.push_back({listener_.get(), POLLIN, 0});
    else
        until = acceptAt_;
    for (const auto& [id, each] : connections_)
    {
        const bool waits = each.state == Connection::State::waiting;
        const int events =
            (waits || each.state == Connection::State::writing ? 0 : POLLIN) | (each.out.empty() ? 0 : POLLOUT);
        all.push_back({each.socket.get(), static_cast<short>(events), 0});
        if (!waits)
            until = std::min(until, each.stream && each.out.empty() ? each.beatAt : each.deadline);
    }
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(std::max<Clock::duration>(until - now, 0ms));
    if (::poll(all.data(), all.size(), static_cast<int>(pause.count())) < 0 && errno != EINTR)
        std::this_thread::sleep_for(withoutFiles); // no memory for it: what is due is still done
    std::map<int, int> out;
    for (const auto& each : all)
        if (each.revents != 0)
            out[each.fd] = each.revents;
    return out;
}

void HttpServer::acceptAll()
{
    for (int i = 0; i < 64; ++i)
    {
        Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket.get() < 0 && errno == EAGAIN)
            return;
        if (socket.get() < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
        {
            if (!makeRoom())
                acceptAt_ = Clock::now() + withoutFiles;
            return;
        }
        if (socket.get() < 0 || (connections_.size() >= limits_.connections && !makeRoom()))
            continue;
        auto& each = connections_[nextId_++];
        each.socket = std::move(socket);
        each.deadline = Clock::now() + limits_.receive;
    }
}

/// The client that has been connected longest without a request goes. False: there is none.
bool HttpServer::makeRoom()
{
    const auto oldest = std::find_if(connections_.begin(), connections_.end(),
                                     [](const auto& each) { return each.second.state == Connection::State::reading; });
    if (oldest == connections_.end())
        return false;
    connections_.erase(oldest);
    return true;
}

void HttpServer::serve(std::uint64_t id, Connection& each, int events)
{
    using State = Connection::State;
    if ((events & POLLERR) != 0)
        each.state = State::closed;
    if (events & (POLLIN | POLLHUP))
        read(id, each);
    const bool fresh = each.state == State::streaming && each.out.empty();
    if (fresh)
        refill(each);
    if ((fresh || (events & POLLOUT) != 0) && !each.out.empty() && each.state != State::closed)
        send(each);
    if (each.state == State::waiting || Clock::now() < each.deadline || (each.stream && each.out.empty()))
        return;
    if (each.state == State::reading && !each.in.empty())
        answer(id, each, errorAnswer(408, "timeout", "the request did not come to its end in time"));
    else
        each.state = State::closed;
}

void HttpServer::read(std::uint64_t id, Connection& each)
{
    using State = Connection::State;
    bool gone = false;
    auto text = receive(each.socket, gone);
    if (each.state == State::reading)
    {
        each.in += text;
        auto reading = readRequest(each.in, limits_.requestBytes);
        if (reading.request)
        {
            each.onlyHeader = reading.request->getMethod() == Poco::Net::HTTPRequest::HTTP_HEAD;
            answer(id, each, guarded([&] { return handler_(*reading.request); }));
        }
        else if (reading.refusal)
            answer(id, each, std::move(*reading.refusal));
        else if (gone)
            each.state = State::closed;
    }
    else if (gone && each.state != State::writing)
        each.state = State::closed;
}

void HttpServer::answer(std::uint64_t id, Connection& each, HttpAnswer answer)
{
    using State = Connection::State;
    if (answer.later)
    {
        each.state = State::waiting;
        if (worker_.add(id, std::move(answer.later)))
            return;
        answer = errorAnswer(503, "busy", "too many such requests wait");
    }
    if (answer.stream && each.onlyHeader)
        answer.stream = nullptr;
    else if (answer.stream && count(State::streaming) >= limits_.streams)
        answer = errorAnswer(503, "busy", "too many clients listen");
    each.out = wireText(answer, each.onlyHeader);
    each.stream = std::move(answer.stream);
    each.state = each.stream ? State::streaming : State::writing;
    each.deadline = Clock::now() + limits_.send;
    send(each);
}

void HttpServer::send(Connection& each)
{
    const auto count = ::send(each.socket.get(), each.out.data(), each.out.size(), MSG_NOSIGNAL);
    if (count < 0)
    {
        if (errno != EAGAIN && errno != EINTR)
            each.state = Connection::State::closed;
        return;
    }
    each.out.erase(0, static_cast<std::size_t>(count));
    if (!each.out.empty())
        return;
    each.beatAt = Clock::now() + limits_.heartbeat;
    if (each.state != Connection::State::writing)
        return;
    ::shutdown(each.socket.get(), SHUT_WR);
    each.state = Connection::State::ending;
    each.deadline = Clock::now() + lingering;
}

/// The next piece of a stream; a comment where there has been none for long.
void HttpServer::refill(Connection& each)
{
    each.out = each.stream();
    if (each.out.empty() && Clock::now() >= each.beatAt)
        each.out = ":\n\n";
    each.deadline = Clock::now() + limits_.send;
}

std::size_t HttpServer::count(Connection::State state) const
{
    return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                  [state](const auto& each) { return each.second.state == state; }));
}

}
