#include "mcp/findings.h"
#include "mcp/http_client.h"
#include "orchestrator/error.h"

#include <fmt/format.h>

namespace mcpctl::mcp
{

namespace
{

using State = ProbeResult::State;

/// A status that says nothing about who is there: busy, starting, broken.
bool isNotNow(int status)
{
    return status >= 500 || status == 408 || status == 425 || status == 429;
}

class HttpProbe
{
public:
    HttpProbe(const Open& dial, const HttpAddress& address, const ProbeOptions& options)
        : client_(dial, address, options)
    {
    }

    ProbeResult run()
    {
        auto result = discover(modernRevision);
        return result ? *result : initialize();
    }

private:
    struct Answer
    {
        HttpReply reply;
        std::optional<Message> message; ///< an answer to what was asked
    };

    /// Throws ProbeFailure for what ends every probe: not now, and authorisation.
    Answer post(const std::string& id, const std::string& body, HttpClient::Fields fields)
    {
        fields.insert(fields.begin(),
                      {{"Content-Type", "application/json"}, {"Accept", "application/json, text/event-stream"}});
        const auto isOurs = [&](const std::string& data)
        {
            const auto message = parseMessage(data);
            return message && message->isAnswerTo(id);
        };
        Answer answer{client_.send("POST", fields, body, isOurs), {}};
        const auto status = answer.reply.status;
        if (status == 401 || status == 403)
            throw ProbeFailure(State::authorisationRequired,
                               fmt::format("it asks for authorisation (HTTP {})", status));
        if (isNotNow(status))
            throw ProbeFailure(State::notReady, fmt::format("it answers HTTP {}", status));
        answer.message = parseMessage(answer.reply.body);
        if (answer.message && !answer.message->isAnswerTo(id))
            answer.message.reset();
        return answer;
    }

    Answer postModern(const std::string& revision, const std::string& method, const std::string& id,
                      const std::string& body)
    {
        return post(id, body, {{"MCP-Protocol-Version", revision}, {"Mcp-Method", method}});
    }

    /// Nothing: it is to be asked as a legacy server.
    std::optional<ProbeResult> discover(const std::string& revision)
    {
        const auto id = nextId();
        const auto [reply, message] = postModern(revision, "server/discover", id, discoverRequest(id, revision));
        if (!message)
            return std::nullopt;
        if (auto result = readDiscovery(*message, revision); result && reply.status == 200)
            return withTools(*result, [&](const std::string& cursor) { return listTools(revision, cursor); });
        if (isModernRefusal(*message))
        {
            const auto other = revision == modernRevision ? otherRevision(*message, revision) : std::nullopt;
            const auto again = other ? discover(*other) : std::nullopt;
            return again ? again : aliveModern(wordsOf(*message->error));
        }
        if (reply.status == 404 && message->error && message->error->code == methodNotFound)
            return aliveModern(wordsOf(*message->error));
        return std::nullopt;
    }

    ProbeResult initialize()
    {
        const auto id = nextId();
        const auto [reply, message] = post(id, initializeRequest(id), {});
        if (!message)
            throw ProbeFailure(State::notMcp, notMcpWords(reply));
        auto result = readInitialization(*message);
        HttpClient::Fields session{{"MCP-Protocol-Version", result.protocol}};
        if (!reply.session.empty())
            session.emplace_back("Mcp-Session-Id", reply.session);
        post("", initializedNotification(), session);
        result = withTools(result, [&](const std::string& cursor) { return listLegacyTools(session, cursor); });
        if (!reply.session.empty())
            endSession(session);
        return result;
    }

    std::optional<Message> listTools(const std::string& revision, const std::string& cursor)
    {
        const auto id = nextId();
        return postModern(revision, "tools/list", id, listToolsRequest(id, revision, cursor)).message;
    }

    std::optional<Message> listLegacyTools(const HttpClient::Fields& session, const std::string& cursor)
    {
        const auto id = nextId();
        return post(id, listToolsRequest(id, "", cursor), session).message;
    }

    /// The number of tools is a courtesy: a server that does not tell it is ready all the same.
    template <typename Ask>
    static ProbeResult withTools(ProbeResult result, const Ask& ask)
    {
        try
        {
            if (!result.tools)
                result.tools = countTools(ask);
            result.detail = summaryOf(result);
        }
        catch (const std::runtime_error& error)
        {
            result.detail = fmt::format("{} ({})", summaryOf(result), error.what());
        }
        return result;
    }

    void endSession(const HttpClient::Fields& session)
    {
        try
        {
            client_.send("DELETE", session, "", {});
        }
        catch (const std::runtime_error&) // it is free to keep what it opened
        {
            return;
        }
    }

    static std::string notMcpWords(const HttpReply& reply)
    {
        if (reply.status >= 300 && reply.status < 400)
            return fmt::format("it redirects to {}: that may be its path", oneLine(reply.location));
        if (reply.body.empty())
            return fmt::format("it does not know `initialize`: HTTP {} without an answer", reply.status);
        return fmt::format("it does not know `initialize`: HTTP {} with {}", reply.status,
                           reply.contentType == "text/html" ? "a web page" : "`" + oneLine(reply.body, 80) + "`");
    }

    std::string nextId() { return fmt::format("mcpctl-{}", ++asked_); }

    HttpClient client_;
    int asked_ = 0;
};

}

ProbeResult probeHttp(const Open& dial, const HttpAddress& address, const ProbeOptions& options)
{
    return resultOf([&] { return HttpProbe(dial, address, options).run(); });
}

ProbeResult probePage(const Open& dial, const HttpAddress& address, const ProbeOptions& options)
{
    return resultOf(
        [&]
        {
            const auto reply = HttpClient(dial, address, options).send("GET", {}, "", {});
            ProbeResult result;
            result.state = reply.status >= 200 && reply.status < 400 ? State::ready : State::notReady;
            result.detail = fmt::format("GET {} answers HTTP {}", address.path, reply.status);
            return result;
        });
}

}
