#include "mcp/findings.h"

#include "orchestrator/error.h"

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Array.h>

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl::mcp
{

namespace
{

using Poco::JSON::Object;
using State = ProbeResult::State;
using Era = ProbeResult::Era;

constexpr int mostPages = 100;

std::string textOf(const Object::Ptr& json, const std::string& name)
{
    const auto value = json ? json->get(name) : Poco::Dynamic::Var();
    return value.isString() ? value.toString() : "";
}

Object::Ptr member(const Object::Ptr& json, const std::string& name)
{
    return json ? json->getObject(name) : nullptr;
}

ProbeResult found(Era era, const std::string& revision, const Object::Ptr& serverInfo, const Object::Ptr& capabilities)
{
    ProbeResult result;
    result.state = State::ready;
    result.era = era;
    result.protocol = oneLine(revision, 40);
    result.serverName = oneLine(textOf(serverInfo, "name"), 100);
    result.serverVersion = oneLine(textOf(serverInfo, "version"), 100);
    if (!member(capabilities, "tools"))
        result.tools = 0; // it has said so: nobody may ask for a list
    return result;
}

}

std::optional<ProbeResult> readDiscovery(const Message& answer, const std::string& revision)
{
    if (!answer.result || !answer.result->getArray("supportedVersions"))
        return std::nullopt;
    auto info = member(member(answer.result, "_meta"), "io.modelcontextprotocol/serverInfo");
    if (!info)
        info = member(answer.result, "serverInfo");
    return found(Era::modern, revision, info, member(answer.result, "capabilities"));
}

ProbeResult readInitialization(const Message& answer)
{
    if (answer.error)
        throw ProbeFailure(State::notReady, "it refuses `initialize`: " + wordsOf(*answer.error));
    const auto revision = textOf(answer.result, "protocolVersion");
    if (revision.empty())
        throw ProbeFailure(State::notMcp, "its answer to `initialize` names no protocol version");
    return found(Era::legacy, revision, member(answer.result, "serverInfo"), member(answer.result, "capabilities"));
}

std::optional<std::string> otherRevision(const Message& refusal, const std::string& refused)
{
    const auto& supported = refusal.error->supported;
    const auto newest = std::max_element(supported.begin(), supported.end()); // they are dates
    return newest == supported.end() || *newest == refused ? std::nullopt : std::optional(*newest);
}

ProbeResult aliveModern(const std::string& words)
{
    ProbeResult result;
    result.state = State::alive;
    result.era = Era::modern;
    result.detail = "a modern server that does not discover: " + words;
    return result;
}

std::string wordsOf(const Message::Error& error)
{
    return fmt::format("{} {}", error.code, oneLine(error.text));
}

std::optional<std::size_t> countTools(const std::function<std::optional<Message>(const std::string& cursor)>& ask)
{
    std::size_t tools = 0;
    std::string cursor;
    for (int page = 0; page < mostPages; ++page)
    {
        const auto answer = ask(cursor);
        const auto list = answer && answer->result ? answer->result->getArray("tools") : nullptr;
        if (!list)
            return std::nullopt;
        tools += list->size();
        cursor = textOf(answer->result, "nextCursor");
        if (cursor.empty())
            return tools;
    }
    return std::nullopt;
}

ProbeResult resultOf(const std::function<ProbeResult()>& probe)
{
    ProbeResult result;
    try
    {
        return probe();
    }
    catch (const ProbeFailure& failure)
    {
        result.state = failure.state();
        result.detail = failure.what();
    }
    catch (const OrchestratorError& error) // refused, or broken on the way
    {
        result.detail = error.what();
    }
    return result;
}

std::string summaryOf(const ProbeResult& result)
{
    std::string name = result.serverName.empty() ? "a server without a name" : result.serverName;
    if (!result.serverVersion.empty())
        name += " " + result.serverVersion;
    const auto tools = result.tools ? fmt::format("{} tool{}", *result.tools, *result.tools == 1 ? "" : "s")
                                    : std::string("tools not told");
    return fmt::format("{} speaks MCP {}, {}", name, result.protocol, tools);
}

}
