#pragma once

#include <Poco/JSON/Object.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The messages of MCP that a probe needs, as text.
namespace mcpctl::mcp
{

inline constexpr const char* modernRevision = "2026-07-28";
inline constexpr const char* legacyRevision = "2025-11-25";

/// A JSON-RPC message from a server.
struct Message
{
    struct Error
    {
        int code = 0;
        std::string text;
        std::vector<std::string> supported; ///< revisions, where the error tells them
    };

    std::string id;                                     ///< as JSON: `"a"` or `7`; empty: none, or null
    std::string method;                                 ///< of a request or a notification
    Poco::JSON::Object::Ptr result;                     ///< of an answer
    std::optional<Error> error;                         ///< of an answer
    bool isAnswerTo(const std::string& wantedId) const; ///< an error without an id is about whatever was asked
};

/// Nothing for what is no JSON-RPC 2.0 message.
std::optional<Message> parseMessage(const std::string& text);

// Requests. `id` is a plain text.
std::string discoverRequest(const std::string& id, const std::string& revision);
std::string initializeRequest(const std::string& id);
std::string initializedNotification();
/// `modern`: the revision, for requests that stand alone; empty: within a session.
std::string listToolsRequest(const std::string& id, const std::string& modern, const std::string& cursor);

/// What a client says to a request of the server: it is there, and it can do nothing.
std::string answerToServer(const Message& request);

/// One of the errors by which only a modern server refuses.
bool isModernRefusal(const Message& message);
inline constexpr int methodNotFound = -32601;

/// Text of a server as one line of at most `most` printable characters.
std::string oneLine(const std::string& text, std::size_t most = 200);

}
