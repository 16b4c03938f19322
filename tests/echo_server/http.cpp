#include "http.h"

#include "http_message.h"
#include "protocol.h"

#include <cerrno>
#include <iostream>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <random>
#include <set>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace mcpecho
{
namespace
{
/// The legacy sessions; may be used by several threads at once.
class Sessions
{
public:
    std::string open()
    {
        const std::scoped_lock lock(mutex_);
        std::string id;
        for (int i = 0; i < 32; ++i)
            id += "0123456789abcdef"[random_() % 16];
        ids_.insert(id);
        return id;
    }

    bool has(const std::string& id) const
    {
        const std::scoped_lock lock(mutex_);
        return ids_.contains(id);
    }

    bool close(const std::string& id)
    {
        const std::scoped_lock lock(mutex_);
        return ids_.erase(id) > 0;
    }

private:
    mutable std::mutex mutex_;
    std::random_device random_; // guarded by mutex_
    std::set<std::string> ids_; // guarded by mutex_
};

HttpResponse page(int status, const std::string& text)
{
    return {status, {{"Content-Type", "text/html"}}, "<html><body>" + text + "</body></html>\n"};
}

HttpResponse json(int status, const Json& message)
{
    if (message.is_null())
        return {status, {}, ""};
    return {status, {{"Content-Type", "application/json"}}, toLine(message)};
}

HttpResponse refused(int status, const std::string& text)
{
    return json(status, errorMessage(nullptr, -32000, text));
}

/// A browser on a foreign page would name that page (DNS rebinding).
bool foreignOrigin(const HttpRequest& request)
{
    const auto origin = request.header("origin");
    if (!origin)
        return false;
    for (const char* own : {"://localhost", "://127.0.0.1", "://[::1]"})
        if (origin->find(own) != std::string::npos)
            return false;
    return true;
}

HttpResponse answerPost(const Options& options, Sessions& sessions, const HttpRequest& request)
{
    const Json message = Json::parse(request.body, nullptr, false);
    if (const Json error = malformed(message); !error.is_null())
        return json(400, error);
    const MirroredHeaders headers{request.header("mcp-protocol-version"), request.header("mcp-method"),
                                  request.header("mcp-name")};
    const bool modern = isModern(options, message, &headers);
    const auto session = request.header("mcp-session-id");
    if (!modern && message["method"] != "initialize")
    {
        if (!session)
            return refused(400, "Bad Request: no valid session ID provided");
        if (!sessions.has(*session))
            return refused(404, "Session not found");
    }
    const Answer answer = modern ? answerModern(options, message, &headers) : answerLegacy(options, message);
    HttpResponse response = json(answer.httpStatus, answer.message);
    if (options.sse && response.status == 200)
    {
        response.headers["Content-Type"] = "text/event-stream";
        response.body = ": mcp-echo\n\nevent: message\ndata: " + response.body + "\n\n";
    }
    if (answer.newSession)
        response.headers["Mcp-Session-Id"] = sessions.open();
    return response;
}

HttpResponse respond(const Options& options, Sessions& sessions, const HttpRequest& request)
{
    if (options.web)
        return request.method == "GET" ? page(200, "It works") : page(404, "Not found");
    if (request.path != options.path)
        return page(404, "Not found");
    if (foreignOrigin(request))
        return refused(403, "Forbidden: foreign Origin");
    if (!options.token.empty() && request.header("authorization") != "Bearer " + options.token)
    {
        HttpResponse response = refused(401, "Unauthorized");
        response.headers["WWW-Authenticate"] = "Bearer";
        return response;
    }
    if (request.method == "POST")
        return answerPost(options, sessions, request);
    if (request.method == "DELETE" && options.era != Era::modern)
        return {sessions.close(request.header("mcp-session-id").value_or("")) ? 200 : 404, {}, ""};
    HttpResponse response = refused(405, "Method not allowed");
    response.headers["Allow"] = "POST";
    return response;
}

int listenOn(int family, int port)
{
    const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in6 address{};
    socklen_t length = sizeof address;
    if (family == AF_INET6)
    {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        address.sin6_port = htons(static_cast<uint16_t>(port));
    }
    else
    {
        reinterpret_cast<sockaddr_in&>(address).sin_port = htons(static_cast<uint16_t>(port));
        length = sizeof(sockaddr_in);
    }
    address.sin6_family = static_cast<sa_family_t>(family);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), length) == 0 && listen(fd, 64) == 0)
        return fd;
    const int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int portOf(int fd)
{
    sockaddr_in address{};
    socklen_t length = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
}
}

void serveHttp(const Options& options)
{
    const int v4 = listenOn(AF_INET, *options.httpPort);
    if (v4 < 0)
        throw std::system_error(errno, std::generic_category(), "port " + std::to_string(*options.httpPort));
    const int port = portOf(v4);
    const int v6 = listenOn(AF_INET6, port); // -1, which poll passes over, where there is no IPv6
    std::cerr << "mcp-echo: listening on port " << port << ", path " << options.path << std::endl;

    Sessions sessions;
    pollfd waiting[] = {{v4, POLLIN, 0}, {v6, POLLIN, 0}};
    for (;;)
    {
        poll(waiting, 2, -1);
        for (const pollfd& listener : waiting)
        {
            const int fd = listener.revents & POLLIN ? accept4(listener.fd, nullptr, nullptr, SOCK_CLOEXEC) : -1;
            if (fd < 0)
                continue;
            const timeval patience{60, 0};
            setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            std::thread(
                [&options, &sessions, fd]
                {
                    HttpConnection connection(fd);
                    while (const auto request = connection.read())
                        if (!connection.write(respond(options, sessions, *request), request->keepAlive) ||
                            !request->keepAlive)
                            break;
                })
                .detach();
        }
    }
}
}
