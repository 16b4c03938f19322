#include "protocol.h"

#include "tools.h"

#include <algorithm>
#include <array>

namespace mcpecho
{
namespace
{
constexpr const char* modernVersion = "2026-07-28";
constexpr std::array legacyVersions{"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
const Json serverInfo{{"name", "mcp-echo"}, {"version", "1.0.0"}};

bool isLegacyVersion(const std::string& version)
{
    return std::find(legacyVersions.begin(), legacyVersions.end(), version) != legacyVersions.end();
}

Json idOf(const Json& message)
{
    return message.value("id", Json());
}

Json paramsOf(const Json& message)
{
    const Json params = message.value("params", Json::object());
    return params.is_object() ? params : Json::object();
}

Json metaOf(const Json& message)
{
    const Json meta = paramsOf(message).value("_meta", Json::object());
    return meta.is_object() ? meta : Json::object();
}

Json supportedVersions(const Options& options)
{
    Json versions = Json::array({modernVersion});
    if (options.era == Era::both)
        for (const char* version : legacyVersions)
            versions.push_back(version);
    return versions;
}

Answer result(const Json& message, const Json& value)
{
    return {{{"jsonrpc", "2.0"}, {"id", idOf(message)}, {"result", value}}};
}

Answer failure(const Json& message, int httpStatus, int code, const std::string& text, const Json& data = nullptr)
{
    return {errorMessage(idOf(message), code, text, data), httpStatus};
}

Answer callTool(const Json& message)
{
    const Json params = paramsOf(message);
    const std::string name = params.contains("name") && params["name"].is_string() ? params["name"] : "";
    try
    {
        return result(message, toolResult(name, params.value("arguments", Json::object())));
    }
    catch (const BadToolCall& e)
    {
        return failure(message, 400, -32602, e.what());
    }
}

/// What a header has to repeat, or nothing if it does.
std::string headerMismatch(const Json& message, const MirroredHeaders& headers, const std::string& version)
{
    const auto differs = [](const char* header, const std::optional<std::string>& got, const std::string& want)
    {
        if (!got)
            return std::string("Header mismatch: ") + header + " is missing";
        if (*got != want)
            return std::string("Header mismatch: ") + header + " '" + *got + "' is not the body's '" + want + "'";
        return std::string();
    };
    const std::string method = message["method"];
    if (auto text = differs("MCP-Protocol-Version", headers.version, version); !text.empty())
        return text;
    if (auto text = differs("Mcp-Method", headers.method, method); !text.empty())
        return text;
    if (method != "tools/call")
        return "";
    const Json name = paramsOf(message).value("name", Json());
    return differs("Mcp-Name", headers.name, name.is_string() ? name.get<std::string>() : "");
}
}

std::string toLine(const Json& message)
{
    return message.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json errorMessage(const Json& id, int code, const std::string& text, const Json& data)
{
    Json error{{"code", code}, {"message", text}};
    if (!data.is_null())
        error["data"] = data;
    return {{"jsonrpc", "2.0"}, {"id", id}, {"error", error}};
}

Json malformed(const Json& message)
{
    if (message.is_discarded())
        return errorMessage(nullptr, -32700, "Parse error");
    if (!message.is_object() || !message.contains("method") || !message["method"].is_string())
        return errorMessage(nullptr, -32600, "Invalid request");
    if (message.contains("id") && !message["id"].is_string() && !message["id"].is_number_integer())
        return errorMessage(nullptr, -32600, "Invalid request: id must be a string or an integer");
    return nullptr;
}

bool isModern(const Options& options, const Json& message, const MirroredHeaders* headers)
{
    if (options.era != Era::both)
        return options.era == Era::modern;
    if (message["method"] == "initialize")
        return false;
    if (message["method"] == "server/discover" || metaOf(message).contains("io.modelcontextprotocol/protocolVersion"))
        return true;
    return headers && headers->version && !isLegacyVersion(*headers->version);
}

Answer answerModern(const Options& options, const Json& message, const MirroredHeaders* headers)
{
    if (!message.contains("id"))
        return {nullptr, 202};
    const Json meta = metaOf(message);
    const Json version = meta.value("io.modelcontextprotocol/protocolVersion", Json());
    if (!version.is_string())
    {
        // A client of the other era has no other way to learn what would be understood.
        const bool oldClient = message["method"] == "initialize";
        const Json data = oldClient ? Json{{"supported", supportedVersions(options)}} : Json();
        if (headers && !headers->version)
            return failure(message, 400, -32020, "Header mismatch: MCP-Protocol-Version is missing", data);
        return failure(message, 400, -32602, "_meta io.modelcontextprotocol/protocolVersion is missing", data);
    }
    if (headers)
        if (const auto text = headerMismatch(message, *headers, version); !text.empty())
            return failure(message, 400, -32020, text);
    if (version != modernVersion)
        return failure(message, 400, -32022, "Unsupported protocol version",
                       {{"supported", supportedVersions(options)}, {"requested", version}});
    const Json capabilities = meta.value("io.modelcontextprotocol/clientCapabilities", Json());
    if (!capabilities.is_object())
        return failure(message, 400, -32602, "_meta io.modelcontextprotocol/clientCapabilities is missing");

    // From here on the request is well-formed.
    const std::string method = message["method"];
    Answer answer;
    if (method == "server/discover")
        answer = result(message, {{"supportedVersions", supportedVersions(options)},
                                  {"capabilities", {{"tools", Json::object()}}},
                                  {"instructions", "Tells what it sees. For tests."}});
    else if (method == "tools/list")
        answer = result(message, {{"tools", toolList()}});
    else if (method == "tools/call" && !options.requireCapability.empty() &&
             !capabilities.contains(options.requireCapability))
        return failure(message, 400, -32021, "Missing required client capability",
                       {{"requiredCapabilities", {{options.requireCapability, Json::object()}}}});
    else if (method == "tools/call")
        answer = callTool(message);
    else
        return failure(message, 404, -32601, "Method not found: " + method);

    if (!answer.message.contains("result"))
        return answer;
    Json& value = answer.message["result"];
    value["resultType"] = "complete";
    value["_meta"] = {{"io.modelcontextprotocol/serverInfo", serverInfo}};
    if (method != "tools/call")
    {
        value["ttlMs"] = 60000;
        value["cacheScope"] = "public";
    }
    return answer;
}

Answer answerLegacy(const Options&, const Json& message)
{
    if (!message.contains("id"))
        return {nullptr, 202};
    const std::string method = message["method"];
    if (method == "initialize")
    {
        const Json asked = paramsOf(message).value("protocolVersion", Json());
        const bool known = asked.is_string() && isLegacyVersion(asked);
        Answer answer = result(message, {{"protocolVersion", known ? asked : Json(legacyVersions.front())},
                                         {"capabilities", {{"tools", Json::object()}}},
                                         {"serverInfo", serverInfo}});
        answer.newSession = true;
        return answer;
    }
    if (method == "ping")
        return result(message, Json::object());
    if (method == "tools/list")
        return result(message, {{"tools", toolList()}});
    if (method == "tools/call")
    {
        Answer answer = callTool(message);
        answer.httpStatus = 200; // legacy errors travel in the body alone
        return answer;
    }
    return failure(message, 200, -32601, "Method not found: " + method);
}
}
