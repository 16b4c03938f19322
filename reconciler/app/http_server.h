#pragma once

#include "app/descriptor.h"
#include "app/http_answer.h"
#include "app/http_worker.h"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/SocketAddress.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

namespace mcpctl
{

/// An HTTP/1.1 server for few honest clients and any number of others.
///
/// One thread reads and writes all connections and blocks on none, so a client that is slow or silent costs a
/// descriptor and no thread (Poco's own server has a thread for each connection, and a few silent ones starve it).
/// One connection is one request. Answers that may wait are made by one thread more, one after the other.
class HttpServer
{
public:
    struct Limits
    {
        std::size_t connections = 512; ///< at once; over that, the one that has been silent longest goes
        std::size_t streams = 32;      ///< over that: 503
        std::size_t waiting = 16;      ///< answers that may wait; over that: 503
        std::size_t requestBytes = 16 * 1024;
        std::chrono::milliseconds receive{10'000};   ///< from connecting to the end of the request
        std::chrono::milliseconds send{30'000};      ///< for a whole answer; of a stream, until its next piece is taken
        std::chrono::milliseconds heartbeat{15'000}; ///< a stream in which nothing happens sends a comment
    };

    /// Called by the thread of the server: it must not wait. What it throws becomes 500.
    using Handler = std::function<HttpAnswer(const Poco::Net::HTTPRequest&)>;

    /// Listens from here on. Throws std::system_error where it cannot.
    HttpServer(const Poco::Net::SocketAddress& address, Handler handler, Limits limits);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::uint16_t port() const { return port_; }
    /// To be called when streams have something to send. It never waits; any thread, and also after the server's end.
    std::function<void()> waker() const;

private:
    using Clock = std::chrono::steady_clock;

    struct Connection
    {
        enum class State
        {
            reading,   ///< the request
            waiting,   ///< for the worker
            writing,   ///< the answer
            streaming, ///< likewise, without an end
            ending,    ///< all was sent; a close before the client's would take it from its hands
            closed,
        };

        Descriptor socket;
        Clock::time_point deadline;
        State state = State::reading;
        bool onlyHeader = false;
        std::string in;
        std::string out; ///< not yet sent
        std::function<std::string()> stream;
        Clock::time_point beatAt; ///< when a stream in which nothing happens sends a comment
    };
    using Connections = std::map<std::uint64_t, Connection>; ///< the oldest first

    void run(const std::stop_token& stop);
    std::map<int, int> poll() const;
    void acceptAll();
    bool makeRoom();
    void serve(std::uint64_t id, Connection& each, int events);
    void read(std::uint64_t id, Connection& each);
    void answer(std::uint64_t id, Connection& each, HttpAnswer answer);
    void send(Connection& each);
    void refill(Connection& each);
    std::size_t count(Connection::State state) const;

    const Handler handler_;
    const Limits limits_;
    Descriptor listener_;
    std::uint16_t port_ = 0;
    const std::shared_ptr<const Bell> bell_;
    Connections connections_;
    std::uint64_t nextId_ = 0;
    Clock::time_point acceptAt_; ///< not before: there were no descriptors left

    HttpWorker worker_;
    std::jthread thread_; ///< last: it uses all of the above
};

}
