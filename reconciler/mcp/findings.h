#pragma once

#include "mcp/message.h"
#include "model/mcp_status.h"

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

/// What answers mean, whatever way they came.
namespace mcpctl::mcp
{

/// The probe is over, and no server that a client could use was found.
class ProbeFailure : public std::runtime_error
{
public:
    ProbeFailure(ProbeResult::State state, const std::string& words) : std::runtime_error(words), state_(state) {}
    ProbeResult::State state() const { return state_; }

private:
    ProbeResult::State state_;
};

/// A ready modern server; nothing when `answer` is no result of `server/discover`.
std::optional<ProbeResult> readDiscovery(const Message& answer, const std::string& revision);

/// A ready legacy server. Throws ProbeFailure when `answer` is no result of `initialize`.
ProbeResult readInitialization(const Message& answer);

/// A modern server that refused: the revision to ask again with, of those that it named.
std::optional<std::string> otherRevision(const Message& refusal, const std::string& refused);

/// A modern server that lives and does not discover.
ProbeResult aliveModern(const std::string& words);

/// How an error of a server reads: its code and its words.
std::string wordsOf(const Message::Error& error);

/// Follows a list of tools through its pages. `ask` gets a cursor, empty at first, and returns the answer.
/// Nothing where an answer is no list, or the pages do not end.
std::optional<std::size_t> countTools(const std::function<std::optional<Message>(const std::string& cursor)>& ask);

/// Runs `probe`; a ProbeFailure, and an OrchestratorError on the way, become its result.
ProbeResult resultOf(const std::function<ProbeResult()>& probe);

/// `mcp-echo 1.0.0 speaks MCP 2026-07-28, 5 tools`.
std::string summaryOf(const ProbeResult& result);

}
