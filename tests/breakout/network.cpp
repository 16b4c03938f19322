#include "attempt.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace breakout
{

namespace
{

struct Address
{
    sockaddr_storage bytes{};
    socklen_t length = 0; ///< 0: no address
    int family = AF_INET;
};

/// `1.2.3.4:80` or `[fd00::1]:80`; numbers only, so that nothing hangs on names.
Address parse(const std::string& target)
{
    Address out;
    const auto colon = target.rfind(':');
    if (colon == std::string::npos)
        return out;
    const auto port = htons(static_cast<std::uint16_t>(std::stoi(target.substr(colon + 1))));
    auto host = target.substr(0, colon);
    if (host.starts_with('['))
    {
        auto* six = reinterpret_cast<sockaddr_in6*>(&out.bytes);
        six->sin6_family = AF_INET6;
        six->sin6_port = port;
        out.family = AF_INET6;
        out.length =
            ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &six->sin6_addr) == 1 ? sizeof *six : 0;
        return out;
    }
    auto* four = reinterpret_cast<sockaddr_in*>(&out.bytes);
    four->sin_family = AF_INET;
    four->sin_port = port;
    out.length = ::inet_pton(AF_INET, host.c_str(), &four->sin_addr) == 1 ? sizeof *four : 0;
    return out;
}

Outcome connectTo(const std::string& target)
{
    const auto address = parse(target);
    if (address.length == 0)
        return {Outcome::Kind::unclear, "no address"};
    const int fd = ::socket(address.family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return denied(std::strerror(errno));
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address.bytes), address.length) == 0)
        return succeeded("connected");
    if (errno != EINPROGRESS)
        return denied(std::strerror(errno));
    pollfd wait{fd, POLLOUT, 0};
    if (::poll(&wait, 1, 1500) == 0)
        return denied("no answer");
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    // Refused is an answer too: whoever refuses was reached.
    if (error == 0 || error == ECONNREFUSED)
        return succeeded(error == 0 ? "connected" : "refused, so it was reached");
    return denied(std::strerror(error));
}

constexpr std::uint16_t typeA = 1;
constexpr std::uint16_t typeText = 16;

std::string question(const std::string& name, std::uint16_t type)
{
    std::string out("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
    for (std::size_t begin = 0; begin <= name.size();)
    {
        const auto end = std::min(name.find('.', begin), name.size());
        out += static_cast<char>(end - begin);
        out += name.substr(begin, end - begin);
        begin = end + 1;
    }
    out += '\0';
    out += static_cast<char>(type >> 8);
    out += static_cast<char>(type & 0xff);
    return out + std::string("\x00\x01", 2);
}

/// Asks `server` and waits for any answer with something in it.
Outcome resolve(const std::string& server, const std::string& name, std::uint16_t type)
{
    const auto address = parse(server + ":53");
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    const auto asked = question(name, type);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address.bytes), address.length) != 0 ||
        ::send(fd, asked.data(), asked.size(), 0) < 0)
        return denied(std::strerror(errno));
    pollfd wait{fd, POLLIN, 0};
    if (::poll(&wait, 1, 3000) <= 0)
        return denied("no answer");
    unsigned char answer[1500];
    const auto length = ::recv(fd, answer, sizeof answer, 0);
    if (length < 12)
        return denied(length < 0 ? std::strerror(errno) : "no answer");
    const int code = answer[3] & 15;
    const int answers = answer[6] * 256 + answer[7];
    return code == 0 && answers > 0 ? succeeded("it was answered") : denied("response code " + std::to_string(code));
}

Outcome connectToSocket(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return {Outcome::Kind::unclear, "too long a path"};
    std::memcpy(address.sun_path, path.data(), path.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    return ofCall(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "connected");
}

/// An address of IPv6 is a way that rules for IPv4 do not see.
Outcome haveIpv6()
{
    std::ifstream in("/proc/net/if_inet6");
    std::string line;
    while (std::getline(in, line))
        if (!line.ends_with(" lo"))
            return succeeded(line);
    return denied("there is none but the loopback's");
}

Outcome openSocket(int family, int type, int protocol)
{
    return ofCall(::socket(family, type, protocol), "it was opened");
}

}

std::vector<Attempt> networkAttempts(const Targets& targets)
{
    std::vector<Attempt> out;
    for (const auto& target : targets.tcp)
        out.push_back({"tcp " + target, [=] { return connectTo(target); }});
    out.push_back({"tcp metadata", [] { return connectTo("169.254.169.254:80"); }});
    for (const auto& name : targets.names)
    {
        out.push_back({"dns A " + name, [=] { return resolve("127.0.0.11", name, typeA); }});
        // What a tunnel does: data out as a name, data in as a text.
        out.push_back({"dns TXT " + name, [=] { return resolve("127.0.0.11", "c3RvbGVu." + name, typeText); }});
    }
    out.push_back({"address of IPv6", haveIpv6});
    out.push_back({"raw socket", [] { return openSocket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }});
    out.push_back({"packet socket", [] { return openSocket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)); }});
    for (const auto& path : targets.sockets)
        out.push_back({"engine socket " + path, [=] { return connectToSocket(path); }});
    return out;
}

int answerQuestions(const std::string& address)
{
    const auto own = parse(address + ":53");
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&own.bytes), own.length) != 0)
        return 1;
    while (true)
    {
        char buffer[512];
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        const auto length = ::recvfrom(fd, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &size);
        if (length < 17)
            continue;
        std::size_t end = 12;
        while (end < static_cast<std::size_t>(length) && buffer[end] != 0)
            end += static_cast<unsigned char>(buffer[end]) + 1U;
        end += 5;
        if (end > static_cast<std::size_t>(length))
            continue;
        const bool text = buffer[end - 3] == static_cast<char>(typeText);
        std::string answer(buffer, end);
        answer[2] = static_cast<char>(0x81);
        answer[3] = static_cast<char>(0x80);
        answer[7] = 1; // one answer, and nothing else
        answer[9] = answer[11] = 0;
        answer += std::string("\xc0\x0c\x00", 3) + static_cast<char>(text ? typeText : typeA) +
                  std::string("\x00\x01\x00\x00\x00\x01\x00", 7);
        answer += text ? std::string("\x07\x06secret", 8) : std::string("\x04\x0a\x01\x02\x03", 5);
        ::sendto(fd, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
    }
}

int acceptAll(const std::string& target)
{
    const auto own = parse(target);
    const int fd = ::socket(own.family, SOCK_STREAM, 0);
    const int yes = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&own.bytes), own.length) != 0 || ::listen(fd, 64) != 0)
        return 1;
    while (true)
        if (const int peer = ::accept(fd, nullptr, nullptr); peer >= 0)
            ::close(peer);
}

}
