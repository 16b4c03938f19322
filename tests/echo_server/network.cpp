#include "network.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mcpecho
{
namespace
{
/// 0, or the errno of why not.
int connectOnce(const addrinfo& target, std::chrono::milliseconds timeout)
{
    const int fd = socket(target.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    const std::unique_ptr<const int, void (*)(const int*)> closer(&fd, [](const int* p) { close(*p); });
    if (connect(fd, target.ai_addr, target.ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    pollfd waiting{fd, POLLOUT, 0};
    if (poll(&waiting, 1, static_cast<int>(timeout.count())) <= 0)
        return ETIMEDOUT;
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
}
}

std::string addressText(const sockaddr* address)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
    if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text, sizeof text);
    return text;
}

nlohmann::json tryConnect(const std::string& host, std::optional<int> port, std::chrono::milliseconds timeout)
{
    nlohmann::json view{{"addresses", nlohmann::json::array()}, {"connected", false}};
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string service = std::to_string(port.value_or(0));
    if (const int error = getaddrinfo(host.c_str(), service.c_str(), &hints, &found); error != 0)
    {
        view["error"] = gai_strerror(error);
        return view;
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
    for (const addrinfo* target = found; target; target = target->ai_next)
        view["addresses"].push_back(addressText(target->ai_addr));
    if (!port)
        return view;
    for (const addrinfo* target = found; target; target = target->ai_next)
    {
        const int error = connectOnce(*target, timeout);
        view["connected"] = error == 0;
        if (error == 0)
        {
            view.erase("error");
            return view;
        }
        view["error"] = std::strerror(error);
    }
    return view;
}
}
