#include "support/tcp_channel.h"

#include "orchestrator/error.h"
#include "support/fd_channel.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mcpctl::test
{

std::unique_ptr<Channel> dialTcp(std::uint16_t port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    {
        const std::string why = std::strerror(errno);
        ::close(fd);
        throw OrchestratorError(OrchestratorError::Kind::failed, "connect: " + why);
    }
    return std::make_unique<FdChannel>(fd, fd);
}

}
