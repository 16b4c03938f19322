#include "docker/relay_image.h"

#include "docker/tar.h"
#include "model/hash.h"

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
                {tarOf({{"relay", std::string(program), 0755}}), "application/x-tar"});
    return name;
}

}
