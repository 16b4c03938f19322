#include "mcp/message.h"

#include "model/json_text.h"
#include "model/version.h"

#include <Poco/Dynamic/Var.h>
#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Parser.h>

namespace mcpctl::mcp
{

namespace
{

using Poco::JSON::Array;
using Poco::JSON::Object;

constexpr int oldestModernError = -32020;
constexpr int newestModernError = -32022;

Object::Ptr object()
{
    return new Object(Poco::JSON_PRESERVE_KEY_ORDER);
}

Object::Ptr clientInfo()
{
    auto out = object();
    out->set("name", "mcpctl");
    out->set("version", std::string(version));
    return out;
}

/// What every modern request carries.
Object::Ptr modernParams(const std::string& revision)
{
    auto meta = object();
    meta->set("io.modelcontextprotocol/protocolVersion", revision);
    meta->set("io.modelcontextprotocol/clientInfo", clientInfo());
    meta->set("io.modelcontextprotocol/clientCapabilities", object());
    auto params = object();
    params->set("_meta", meta);
    return params;
}

std::string request(const std::string& id, const std::string& method, const Object::Ptr& params)
{
    auto out = object();
    out->set("jsonrpc", "2.0");
    if (!id.empty())
        out->set("id", id);
    out->set("method", method);
    if (params)
        out->set("params", params);
    return jsonText(*out);
}

std::string idOf(const Object& json)
{
    const auto id = json.get("id");
    if (id.isString())
        return Poco::Dynamic::Var::toString(id); // with quotes, as JSON
    return id.isInteger() ? id.toString() : "";
}

std::optional<Message::Error> errorOf(const Object& json)
{
    const auto error = json.getObject("error");
    if (!error)
        return std::nullopt;
    Message::Error out;
    if (const auto code = error->get("code"); code.isInteger())
        out.code = code.convert<int>();
    if (const auto message = error->get("message"); message.isString())
        out.text = message.toString();
    const auto data = error->getObject("data");
    if (const auto supported = data ? data->getArray("supported") : nullptr)
        for (const auto& each : *supported)
            if (each.isString())
                out.supported.push_back(each.toString());
    return out;
}

}

bool Message::isAnswerTo(const std::string& wantedId) const
{
    if (!method.empty())
        return false;
    return id == '"' + wantedId + '"' || (error && id.empty());
}

std::optional<Message> parseMessage(const std::string& text)
{
    try
    {
        const auto value = Poco::JSON::Parser().parse(text);
        if (value.type() != typeid(Object::Ptr))
            return std::nullopt;
        const auto& json = value.extract<Object::Ptr>();
        if (const auto tag = json->get("jsonrpc"); !tag.isString() || tag.toString() != "2.0")
            return std::nullopt;
        Message message{idOf(*json), "", json->getObject("result"), errorOf(*json)};
        if (const auto method = json->get("method"); method.isString())
            message.method = method.toString();
        if (message.method.empty() && !message.result && !message.error)
            return std::nullopt;
        return message;
    }
    catch (const Poco::Exception&) // not JSON, too deep, a number beyond all types
    {
        return std::nullopt;
    }
}

std::string discoverRequest(const std::string& id, const std::string& revision)
{
    return request(id, "server/discover", modernParams(revision));
}

std::string initializeRequest(const std::string& id)
{
    auto params = object();
    params->set("protocolVersion", legacyRevision);
    params->set("capabilities", object());
    params->set("clientInfo", clientInfo());
    return request(id, "initialize", params);
}

std::string initializedNotification()
{
    return request("", "notifications/initialized", nullptr);
}

std::string listToolsRequest(const std::string& id, const std::string& modern, const std::string& cursor)
{
    auto params = modern.empty() ? object() : modernParams(modern);
    if (!cursor.empty())
        params->set("cursor", cursor);
    return request(id, "tools/list", params);
}

std::string answerToServer(const Message& message)
{
    if (message.method == "ping")
        return R"({"jsonrpc":"2.0","id":)" + message.id + R"(,"result":{}})";
    return R"({"jsonrpc":"2.0","id":)" + message.id + R"(,"error":{"code":-32601,"message":"Method not found"}})";
}

bool isModernRefusal(const Message& message)
{
    return message.error && message.error->code <= oldestModernError && message.error->code >= newestModernError;
}

std::string oneLine(const std::string& text, std::size_t most)
{
    std::string out;
    for (const auto c : text)
    {
        const bool printable = static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
        if (printable || (!out.empty() && out.back() != ' '))
            out += printable ? c : ' ';
        if (out.size() > most)
            return out.substr(0, most) + "...";
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

}
