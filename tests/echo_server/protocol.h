#pragma once

#include "options.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

/// The two eras of MCP, without a transport. Modern (revision 2026-07-28): every request stands
/// alone and says in `_meta` who asks. Legacy (up to 2025-11-25): `initialize` opens a session.
/// Source: the specification's basic/versioning and basic/transports/streamable-http.
namespace mcpecho
{
using Json = nlohmann::json;

/// What the modern revision repeats in HTTP headers, to be held against the body.
struct MirroredHeaders
{
    std::optional<std::string> version;
    std::optional<std::string> method;
    std::optional<std::string> name;
};

struct Answer
{
    Json message; ///< null: there is nothing to say (a notification)
    int httpStatus = 200;
    bool newSession = false; ///< legacy `initialize` succeeded
};

/// Whether a request is to be served statelessly. `headers` is null over stdio.
bool isModern(const Options& options, const Json& message, const MirroredHeaders* headers);

Answer answerModern(const Options& options, const Json& message, const MirroredHeaders* headers);
Answer answerLegacy(const Options& options, const Json& message);

/// An error for what is no JSON-RPC request at all; null where `message` is one, or a notification.
Json malformed(const Json& message);

Json errorMessage(const Json& id, int code, const std::string& text, const Json& data = nullptr);

/// One line, whatever bytes the strings hold.
std::string toLine(const Json& message);
}
