#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mcpctl
{

/// What a probe found out about an MCP server.
struct ProbeResult
{
    enum class State
    {
        ready,                 ///< answers as MCP wants it
        alive,                 ///< a modern server that answers and will not discover
        authorisationRequired, ///< answers, and wants to know who asks
        notMcp,                ///< answers, in no way that MCP knows
        notReady,              ///< does not answer, or not yet
    };

    /// Revisions from 2026-07-28 on are modern: every request stands alone. Before, `initialize` opens a session.
    enum class Era
    {
        modern,
        legacy,
    };

    State state = State::notReady;
    std::optional<Era> era;
    std::string serverName;
    std::string serverVersion;
    std::string protocol;             ///< the revision that was spoken, as `2025-11-25`
    std::optional<std::size_t> tools; ///< how many it offers; nothing: it did not tell
    std::string detail;               ///< a sentence for people: what was found, or what stood in the way

    bool operator==(const ProbeResult&) const = default;
};

std::string_view toString(ProbeResult::State state);
std::string_view toString(ProbeResult::Era era);
/// Nothing for what toString() does not say.
std::optional<ProbeResult::State> probeStateOf(std::string_view text);
std::optional<ProbeResult::Era> probeEraOf(std::string_view text);

/// Whether a client gets an answer: ready, alive, or asked for authorisation.
bool answersClients(const ProbeResult& result);

}
