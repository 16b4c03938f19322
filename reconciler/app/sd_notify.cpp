#include "app/sd_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace mcpctl
{

void sdNotify(const std::string& state)
{
    const char* socketPath = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socketPath == nullptr || (*socketPath != '/' && *socketPath != '@') ||
        std::strlen(socketPath) >= sizeof address.sun_path)
        return;
    const std::size_t length = std::strlen(socketPath);
    std::memcpy(address.sun_path, socketPath, length);
    if (address.sun_path[0] == '@')
        address.sun_path[0] = '\0'; // the abstract namespace
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    [[maybe_unused]] const auto sent =
        ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length));
    ::close(fd);
}

std::optional<std::chrono::microseconds> sdWatchdogInterval()
{
    const char* text = std::getenv("WATCHDOG_USEC");
    if (text == nullptr)
        return std::nullopt;
    const std::string_view given(text);
    std::int64_t micros = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), micros);
    if (error != std::errc() || end != given.data() + given.size() || micros <= 1)
        return std::nullopt;
    return std::chrono::microseconds(micros / 2);
}

}
