#include "app/host_ports.h"

#include "docker/endpoint.h"
#include "docker/environment.h"
#include "model/publications.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace mcpctl
{

namespace
{

class Socket
{
public:
    explicit Socket(int family) : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
    ~Socket()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    int fd() const { return fd_; }

private:
    const int fd_;
};

/// Whether who listens on the engine's socket has the same network as we. The kernel tells who that is, unless it is
/// outside of our process namespace.
bool sharesNetwork(const std::string& socketPath)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socketPath.size() >= sizeof(address.sun_path))
        return false;
    std::memcpy(address.sun_path, socketPath.data(), socketPath.size());
    const Socket socket(AF_UNIX);
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 || // NOLINT
        ::getsockopt(socket.fd(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid <= 0)
        return false;
    std::error_code error;
    const auto theirs = std::filesystem::read_symlink("/proc/" + std::to_string(peer.pid) + "/ns/net", error);
    const auto ours = std::filesystem::read_symlink("/proc/self/ns/net", error);
    return !error && theirs == ours;
}

/// To listen there is the one way to know. A connection that ended a moment ago does not count.
bool isInUse(const Publication& port)
{
    sockaddr_storage address{};
    auto* four = reinterpret_cast<sockaddr_in*>(&address); // NOLINT
    auto* six = reinterpret_cast<sockaddr_in6*>(&address); // NOLINT
    socklen_t size = sizeof(sockaddr_in);
    if (::inet_pton(AF_INET, port.address.c_str(), &four->sin_addr) == 1)
    {
        four->sin_family = AF_INET;
        four->sin_port = htons(port.hostPort);
    }
    else if (::inet_pton(AF_INET6, port.address.c_str(), &six->sin6_addr) == 1)
    {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port.hostPort);
        size = sizeof(sockaddr_in6);
    }
    else
        return false;
    const Socket socket(address.ss_family);
    const int yes = 1;
    ::setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), size) != 0) // NOLINT
        return errno == EADDRINUSE;
    return ::listen(socket.fd(), 1) != 0 && errno == EADDRINUSE;
}

}

std::set<Publication> portsInUse(const DesiredState& desired, const ObservedState& observed,
                                 const GlobalOptions& global)
{
    std::set<Publication> wanted;
    for (const auto& [name, instance] : desired.instances)
        for (const auto& port : instance.spec.publications)
            wanted.insert({port.address, port.hostPort, 0});
    for (const auto& instance : observed.instances)
        for (const auto& port : instance.spec.publications)
            std::erase_if(wanted, [&](const Publication& each) { return clash(each, port); });
    if (wanted.empty())
        return {};
    try
    {
        const auto endpoint = docker::resolveEndpoint(global.host, docker::Environment::ofProcess());
        if (!endpoint.isOnThisHost() || !sharesNetwork(endpoint.socketPath))
            return {};
    }
    catch (const docker::EndpointError&)
    {
        return {};
    }
    std::erase_if(wanted, [](const Publication& port) { return !isInUse(port); });
    return wanted;
}

}
