#include "fuzz/fuzz.h"
#include "mcp/findings.h"
#include "mcp/probe.h"
#include "orchestrator/error.h"

#include <algorithm>
#include <cctype>

using namespace mcpctl;
using mcpctl::fuzz::require;

namespace
{

/// A server that says what it is told, whatever it is asked.
class Talker final : public Channel
{
public:
    Talker(std::string_view text, std::size_t atOnce) : text_(text), atOnce_(atOnce) {}

    Reading read(Deadline) override
    {
        if (text_.empty())
            return {.what = Reading::What::end};
        const auto piece = text_.substr(0, atOnce_);
        text_.remove_prefix(piece.size());
        return {Reading::What::bytes, LogStream::out, piece};
    }
    void write(std::string_view, Deadline) override {}
    void closeWrite() override {}
    std::optional<int> exitCode(Deadline) override { return 0; }
    void cancel() noexcept override {}

private:
    std::string_view text_;
    const std::size_t atOnce_;
};

constexpr char separator = '\x1e'; ///< between what two connections say

/// Opens one connection after the other; none that `script` has no words for.
mcp::Open opener(std::string_view& script, std::size_t atOnce)
{
    return [&script, atOnce]() -> std::unique_ptr<Channel>
    {
        if (script.empty())
            throw OrchestratorError(OrchestratorError::Kind::unreachable, "nothing answers");
        const auto words = script.substr(0, script.find(separator));
        script.remove_prefix(std::min(words.size() + 1, script.size()));
        return std::make_unique<Talker>(words, atOnce);
    };
}

}

/// What a server says to the one who asks whether it speaks MCP. The first letter says how it is asked, in upper case
/// its words come in small pieces.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const auto text = fuzz::textOf(data + 1, size - 1);
    std::string_view script = text;
    const auto open = opener(script, std::isupper(data[0]) != 0 ? 7 : 4096);
    const mcp::HttpAddress address{"127.0.0.1:3001", "/mcp"};
    ProbeResult result;
    switch (std::tolower(data[0]))
    {
    case 's':
        result = mcp::probeStdio(open, {});
        break;
    case 'h':
        result = mcp::probeHttp(open, address, {});
        break;
    case 'p':
        result = mcp::probePage(open, address, {});
        break;
    default:
        return 0;
    }
    require(std::none_of(result.detail.begin(), result.detail.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }),
            "no control character of a server reaches a terminal", result.detail);
    require(!mcp::summaryOf(result).empty(), "a result can be told");
    return 0;
}
