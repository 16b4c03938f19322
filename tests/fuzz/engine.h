#pragma once

#include "docker/endpoint.h"
#include "support/temporary_folder.h"

#include <array>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mcpctl::fuzz
{

/// An engine on a unix socket that says what it is told. One thread, one request a connection, and nothing kept: it
/// serves millions of them, where ScriptedServer has a thread for each.
class Engine
{
public:
    Engine() : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_, 64) != 0)
            throw std::runtime_error("cannot listen on " + path_);
        server_ = std::jthread([this] { serve(); });
    }
    ~Engine() { ::shutdown(listener_, SHUT_RDWR); }
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    docker::Endpoint endpoint() const { return {.socketPath = path_, .origin = "fuzzer"}; }

    /// `raw`: `text` is the whole of every answer. Else it has the bodies of the answers, one after the other with
    /// `separator` between them; the last goes for all that follow. A ping is answered well unless `alsoPing`.
    void answerWith(std::string text, bool raw, bool alsoPing)
    {
        const std::lock_guard lock(mutex_);
        alsoPing_ = alsoPing;
        next_ = 0;
        answers_.clear();
        if (raw)
        {
            answers_.push_back(std::move(text));
            return;
        }
        for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1)
        {
            end = text.find(separator, begin);
            answers_.push_back(good(text.substr(begin, end - begin)));
        }
    }

private:
    static constexpr char separator = '\x1e';

    static std::string good(const std::string& body)
    {
        return "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nConnection: close\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    std::string answerTo(const std::string& request)
    {
        const std::lock_guard lock(mutex_);
        if (!alsoPing_ && request.starts_with("GET /_ping"))
            return good("OK");
        const auto& answer = answers_[std::min(next_, answers_.size() - 1)];
        ++next_;
        return answer;
    }

    void serve()
    {
        for (int peer = 0; (peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; ::close(peer))
        {
            std::string request;
            std::array<char, 4096> bytes{};
            ssize_t count = 1;
            while (count > 0 && request.find("\r\n\r\n") == std::string::npos)
                if ((count = ::recv(peer, bytes.data(), bytes.size(), 0)) > 0)
                    request.append(bytes.data(), static_cast<std::size_t>(count));
            const auto answer = answerTo(request);
            ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL); // short, so the socket takes it at once
        }
        ::close(listener_);
    }

    const test::TemporaryFolder folder_;
    const std::string path_ = (folder_.path() / "s").string();
    const int listener_;

    std::mutex mutex_; // guards what follows
    std::vector<std::string> answers_;
    std::size_t next_ = 0;
    bool alsoPing_ = false;

    std::jthread server_; ///< last: it uses all of the above
};

}
