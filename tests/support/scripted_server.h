#pragma once

#include "docker/endpoint.h"
#include "support/temporary_folder.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <chrono>
#include <concepts>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace mcpctl::test
{

struct ReceivedRequest
{
    int connection = 0; ///< counted from 1
    std::string method{};
    std::string target{};
    std::map<std::string, std::string> headers{}; ///< names in lower case
    std::string body{};
};

/// One side of a connection that the server has accepted.
class Peer
{
public:
    Peer(int number, const Poco::Net::StreamSocket& socket) : number_(number), socket_(socket) {}

    int number() const { return number_; }

    /// None when the client has closed.
    std::optional<ReceivedRequest> readRequest();

    /// Sends the bytes as they are. A client that is gone is no error.
    void send(const std::string& bytes);

    /// False once the client has closed or reset.
    bool isOpen() const { return open_; }

    /// Returns when the client closes.
    void waitForEnd();

private:
    bool fill();

    int number_;
    Poco::Net::StreamSocket socket_;
    std::string buffer_{};
    bool open_ = true;
};

/// What the server does with one request.
struct Answer
{
    enum class Then
    {
        keep,  ///< wait for the next request
        close, ///< close the connection
        hang   ///< say nothing more
    };

    std::string bytes{};
    Then then = Then::keep;
    std::chrono::milliseconds delay{0}; ///< before the bytes
};

/// `HTTP/1.1 STATUS X`, the fields, a Content-Length that fits, and the body.
std::string httpAnswer(int status, const std::string& body, const std::vector<std::string>& fields = {});

/// Header of a chunked answer, and its parts.
std::string chunkedHeader();
std::string chunk(const std::string& bytes);
inline const std::string lastChunk = "0\r\n\r\n";

/// A server whose answers are given byte by byte, on a unix socket, on TCP or with TLS; one thread per connection.
/// Unversioned `/_ping` is answered by itself, with `apiVersion`, unless that is empty.
class ScriptedServer
{
public:
    enum class Kind
    {
        unixSocket,
        tcp
    };

    /// `tls`: how to speak TLS over TCP; null: not at all.
    explicit ScriptedServer(Kind kind = Kind::unixSocket, Poco::Net::Context::Ptr tls = {});
    ~ScriptedServer();

    std::string apiVersion = "1.41"; ///< set before the first request

    /// The next request that is no ping gets this.
    void script(Answer answer);
    template <std::convertible_to<std::string> Bytes>
    void script(Bytes&& bytes)
    {
        script(Answer{.bytes = std::forward<Bytes>(bytes)});
    }

    /// Takes over each connection, instead of the script.
    void takeOver(std::function<void(Peer&)> handler);

    docker::Endpoint endpoint() const;

    /// All requests so far, without pings.
    std::vector<ReceivedRequest> requests() const;
    int connections() const { return connections_; }

private:
    void accept();
    void serve(int descriptor, int number);
    void answerByScript(Peer& peer);
    std::optional<Answer> nextAnswer(const ReceivedRequest& request);

    const Kind kind_;
    const Poco::Net::Context::Ptr tls_;
    TemporaryFolder folder_{};
    Poco::Net::ServerSocket listener_{};
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};

    mutable std::mutex mutex_; ///< over what follows
    std::deque<Answer> script_{};
    std::function<void(Peer&)> handler_{};
    std::vector<ReceivedRequest> requests_{};
    std::map<int, int> descriptors_{}; ///< of the open connections, by number
    std::vector<std::thread> workers_{};

    std::thread acceptor_;
};

}
