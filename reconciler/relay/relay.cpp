/// mcpctl-relay ADDRESS PORT: connects there, and carries bytes between that connection and stdin and stdout until
/// both sides have ended. Static, alone in an image, so that it runs beside any container: it is how a port of a
/// container is reached on an engine of another host (docker/dial.h).
///
/// Exit: 0 when the peer ended, 1 when it cannot be reached or breaks off (stderr says why), 64 for wrong arguments.
#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

/// All of it, or false.
bool writeAll(int fd, const char* bytes, ssize_t count)
{
    while (count > 0)
    {
        const auto done = ::write(fd, bytes, static_cast<size_t>(count));
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        count -= done;
    }
    return true;
}

int fail(const char* what)
{
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
    return 1;
}

int dial(const char* address, unsigned short port)
{
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    const bool four = ::inet_pton(AF_INET, address, &v4.sin_addr) == 1;
    if (!four && ::inet_pton(AF_INET6, address, &v6.sin6_addr) != 1)
    {
        errno = EINVAL;
        return -1;
    }
    const int fd = ::socket(four ? AF_INET : AF_INET6, SOCK_STREAM, 0);
    const auto* to = four ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
    if (fd < 0 || ::connect(fd, to, four ? sizeof v4 : sizeof v6) != 0)
        return -1;
    return fd;
}

int carry(int peer)
{
    static char buffer[65536];
    pollfd ends[2] = {{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                      {.fd = peer, .events = POLLIN, .revents = 0}};
    while (true)
    {
        if (::poll(ends, 2, -1) < 0 && errno != EINTR)
            return fail("poll");
        if (ends[0].revents != 0)
        {
            const auto count = ::read(STDIN_FILENO, buffer, sizeof buffer);
            if (count <= 0)
            {
                ::shutdown(peer, SHUT_WR);
                ends[0].fd = -1;
            }
            else if (!writeAll(peer, buffer, count))
                return fail("write");
        }
        if (ends[1].revents != 0)
        {
            const auto count = ::read(peer, buffer, sizeof buffer);
            if (count == 0)
                return 0;
            if (count < 0)
                return fail("read");
            if (!writeAll(STDOUT_FILENO, buffer, count))
                return 0; // nobody listens any more
        }
    }
}

}

int main(int argc, char** argv)
{
    const int port = argc == 3 ? std::atoi(argv[2]) : 0;
    if (port < 1 || port > 65535)
        return 64;
    const int peer = dial(argv[1], static_cast<unsigned short>(port));
    return peer < 0 ? fail("connect") : carry(peer);
}
