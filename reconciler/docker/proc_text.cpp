#include "docker/proc_text.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>

namespace mcpctl::docker
{

namespace
{

/// By bit. Source: kernel `include/uapi/linux/capability.h`.
constexpr std::array<std::string_view, 41> capabilityNames = {"CHOWN",
                                                              "DAC_OVERRIDE",
                                                              "DAC_READ_SEARCH",
                                                              "FOWNER",
                                                              "FSETID",
                                                              "KILL",
                                                              "SETGID",
                                                              "SETUID",
                                                              "SETPCAP",
                                                              "LINUX_IMMUTABLE",
                                                              "NET_BIND_SERVICE",
                                                              "NET_BROADCAST",
                                                              "NET_ADMIN",
                                                              "NET_RAW",
                                                              "IPC_LOCK",
                                                              "IPC_OWNER",
                                                              "SYS_MODULE",
                                                              "SYS_RAWIO",
                                                              "SYS_CHROOT",
                                                              "SYS_PTRACE",
                                                              "SYS_PACCT",
                                                              "SYS_ADMIN",
                                                              "SYS_BOOT",
                                                              "SYS_NICE",
                                                              "SYS_RESOURCE",
                                                              "SYS_TIME",
                                                              "SYS_TTY_CONFIG",
                                                              "MKNOD",
                                                              "LEASE",
                                                              "AUDIT_WRITE",
                                                              "AUDIT_CONTROL",
                                                              "SETFCAP",
                                                              "MAC_OVERRIDE",
                                                              "MAC_ADMIN",
                                                              "SYSLOG",
                                                              "WAKE_ALARM",
                                                              "BLOCK_SUSPEND",
                                                              "AUDIT_READ",
                                                              "PERFMON",
                                                              "BPF",
                                                              "CHECKPOINT_RESTORE"};

/// A stream that passes on that memory is short: by itself it would look as if the text ended there.
std::istringstream reading(const std::string& text)
{
    std::istringstream in(text);
    in.exceptions(std::ios::badbit);
    return in;
}

std::vector<std::string> words(const std::string& line)
{
    auto in = reading(line);
    std::vector<std::string> out;
    for (std::string word; in >> word;)
        out.push_back(word);
    return out;
}

std::vector<std::string> lines(const std::string& text)
{
    auto in = reading(text);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);)
        out.push_back(line);
    return out;
}

void addSplit(std::set<std::string>& to, const std::string& list)
{
    auto in = reading(list);
    for (std::string item; std::getline(in, item, ',');)
        to.insert(item);
}

bool isOctal(char c)
{
    return c >= '0' && c <= '7';
}

/// The kernel writes blanks, tabs, newlines and backslashes of a path as `\040`.
std::string unescaped(const std::string& text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '\\' && i + 3 < text.size() && isOctal(text[i + 1]) && isOctal(text[i + 2]) &&
            isOctal(text[i + 3]))
        {
            out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
            i += 3;
        }
        else
            out += text[i];
    return out;
}

}

std::optional<std::string> slurp(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return std::nullopt;
    std::ostringstream text;
    if (in.peek() != std::ifstream::traits_type::eof()) // copying nothing would set the fail bit
        text << in.rdbuf();
    return in.bad() || text.fail() ? std::nullopt : std::optional(text.str());
}

std::map<std::string, std::string> statusFields(const std::string& text)
{
    std::map<std::string, std::string> out;
    for (const auto& line : lines(text))
        if (const auto colon = line.find(':'); colon != std::string::npos)
        {
            const auto begin = line.find_first_not_of(" \t", colon + 1);
            out.emplace(line.substr(0, colon), begin == std::string::npos ? "" : line.substr(begin));
        }
    return out;
}

std::optional<std::set<std::string>> capabilitiesOf(const std::string& hexMask)
{
    std::uint64_t mask = 0;
    const auto* const end = hexMask.data() + hexMask.size();
    if (const auto [stop, error] = std::from_chars(hexMask.data(), end, mask, 16); error != std::errc() || stop != end)
        return std::nullopt;
    std::set<std::string> out;
    for (std::size_t bit = 0; bit < 64; ++bit)
        if ((mask >> bit & 1) != 0)
            out.insert(bit < capabilityNames.size() ? std::string(capabilityNames.at(bit))
                                                    : "CAP-" + std::to_string(bit));
    return out;
}

std::optional<std::set<std::int64_t>> numbersOf(const std::string& text)
{
    std::set<std::int64_t> out;
    for (const auto& word : words(text))
    {
        std::int64_t number = 0;
        const auto* const end = word.data() + word.size();
        if (const auto [stop, error] = std::from_chars(word.data(), end, number); error != std::errc() || stop != end)
            return std::nullopt;
        out.insert(number);
    }
    return out;
}

std::vector<MountLine> mountLines(const std::string& text)
{
    std::vector<MountLine> out;
    for (const auto& line : lines(text))
    {
        const auto parts = words(line);
        std::size_t dash = 6; // after any number of optional fields
        while (dash < parts.size() && parts[dash] != "-")
            ++dash;
        if (dash + 3 >= parts.size())
            continue;
        MountLine mount{parts[2], unescaped(parts[3]), unescaped(parts[4]), {}, parts[dash + 1]};
        addSplit(mount.options, parts[5]);
        addSplit(mount.options, parts[dash + 3]);
        out.push_back(std::move(mount));
    }
    return out;
}

std::set<std::string> defaultGateways(const std::string& routes)
{
    std::set<std::string> out;
    // Iface Destination Gateway Flags RefCnt Use Metric Mask; numbers as they lie in the memory of this machine
    for (const auto& line : lines(routes))
    {
        const auto parts = words(line);
        if (parts.size() < 8 || parts[0] == "lo" || parts[1] != "00000000" || parts[7] != "00000000")
            continue;
        std::uint32_t gateway = 0;
        std::from_chars(parts[2].data(), parts[2].data() + parts[2].size(), gateway, 16);
        std::array<char, INET_ADDRSTRLEN> text{};
        out.insert(::inet_ntop(AF_INET, &gateway, text.data(), text.size()));
    }
    return out;
}

bool hasIpv6Default(const std::string& routes)
{
    // destination prefix source prefix next-hop metric refcnt use flags iface
    for (const auto& line : lines(routes))
        if (const auto parts = words(line); parts.size() >= 10 && parts[9] != "lo" &&
                                            parts[0].find_first_not_of('0') == std::string::npos && parts[1] == "00")
            return true;
    return false;
}

std::set<std::string> localAddresses(const std::string& trie)
{
    std::set<std::string> out;
    std::string last;
    for (const auto& line : lines(trie))
        if (const auto at = line.find("|-- "); at != std::string::npos)
            last = line.substr(at + 4);
        else if (line.find("/32 host LOCAL") != std::string::npos)
            out.insert(last);
    return out;
}

std::map<std::string, std::string> controlGroups(const std::string& text)
{
    std::map<std::string, std::string> out;
    for (const auto& line : lines(text))
    {
        const auto first = line.find(':');
        const auto second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos)
            continue;
        std::set<std::string> controllers;
        addSplit(controllers, line.substr(first + 1, second - first - 1));
        if (controllers.empty())
            controllers.insert("");
        for (const auto& controller : controllers)
            out.emplace(controller, line.substr(second + 1));
    }
    return out;
}

}
