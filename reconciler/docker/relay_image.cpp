#include "docker/relay_image.h"

#include "model/hash.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <string_view>

// The program as it was built, see CMakeLists.txt.
asm(R"(
    .section .rodata
    .global mcpctl_relay_begin
    .global mcpctl_relay_end
mcpctl_relay_begin:
    .incbin ")" MCPCTL_RELAY R"("
mcpctl_relay_end:
    .byte 0
    .previous
)");

extern "C" const char mcpctl_relay_begin[]; // NOLINT
extern "C" const char mcpctl_relay_end[];   // NOLINT

namespace mcpctl::docker
{

namespace
{

constexpr std::size_t block = 512;

/// An archive of one executable file. Source: POSIX.1-2017, pax, "ustar Interchange Format".
std::string tarOf(const std::string& name, std::string_view bytes)
{
    std::array<char, block> header{};
    const auto put = [&header](std::size_t at, const std::string& text)
    { std::memcpy(header.data() + at, text.data(), text.size()); };
    put(0, name);
    put(100, "0000755");
    put(108, "0000000");
    put(116, "0000000");
    put(124, fmt::format("{:011o}", bytes.size()));
    put(136, "00000000000");
    put(156, "0");
    put(257, "ustar");
    put(263, "00");
    put(148, "        "); // the checksum counts itself as spaces
    unsigned sum = 0;
    for (const char c : header)
        sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));

    std::string out(header.data(), header.size());
    out += bytes;
    out.resize((out.size() + block - 1) / block * block + 2 * block, '\0');
    return out;
}

}

std::string ensureRelayImage(Client& client)
{
    const std::string_view program(mcpctl_relay_begin, static_cast<std::size_t>(mcpctl_relay_end - mcpctl_relay_begin));
    const std::string tag = sha256Hex(std::string(program)).substr(0, 12);
    const std::string name = "mcpctl/relay:" + tag;
    const std::string what = "make image " + name;
    if (client.get({.path = "/images/" + name + "/json", .what = what, .accept = {404}}).status != 404)
        return name;
    client.post({.path = "/images/create",
                 .query = {{"fromSrc", "-"},
                           {"repo", "mcpctl/relay"},
                           {"tag", tag},
                           {"changes", R"(ENTRYPOINT ["/relay"])"},
                           {"changes", "USER 65534:65534"}},
                 .what = what},
                {tarOf("relay", program), "application/x-tar"});
    return name;
}

}
