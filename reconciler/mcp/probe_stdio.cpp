#include "mcp/connection.h"
#include "mcp/findings.h"
#include "orchestrator/error.h"

#include <fmt/format.h>

#include <set>

namespace mcpctl::mcp
{

namespace
{

using State = ProbeResult::State;
using Clock = Channel::Clock;
using What = Channel::Reading::What;

constexpr std::size_t longestLine = 8 * 1024 * 1024;

/// The process closed its stdout before it answered.
struct Ended
{
};

/// A conversation with one process, line by line.
class Talk
{
public:
    Talk(const Open& start, const ProbeOptions& options, Clock::time_point deadline)
        : connection_(start, options.stop), endPatience_(options.endPatience), deadline_(deadline)
    {
    }

    void send(const std::string& message)
    try
    {
        connection_.channel().write(message + "\n", deadline_);
    }
    catch (const OrchestratorError& error)
    {
        if (error.kind() == OrchestratorError::Kind::cancelled)
            throw;
        throw Ended(); // nobody reads any more
    }

    /// The answer to one of `ids`; nothing when none comes until `until`. What the server asks meanwhile is answered.
    std::optional<Message> answerTo(const std::set<std::string>& ids, Clock::time_point until)
    {
        while (true)
        {
            while (const auto line = connection_.takeLine())
                if (auto message = read(*line); message && isAnswer(*message, ids))
                    return message;
            if (connection_.buffer().size() > longestLine)
                throw ProbeFailure(State::notMcp, "it writes a line without end to stdout");
            const auto what = connection_.fill(std::min(until, deadline_));
            if (what == What::late)
                return std::nullopt;
            if (what == What::end)
                throw Ended();
        }
    }

    /// Says goodbye as MCP wants it: the process reads end of file, and ends.
    void close()
    {
        try
        {
            connection_.channel().closeWrite();
            const auto until = Clock::now() + endPatience_;
            while (connection_.fill(until) == What::bytes)
                connection_.buffer().clear();
        }
        catch (const OrchestratorError&) // it is gone already
        {
            return;
        }
    }

    /// How it ended and what it said, for a message.
    std::string epitaph()
    {
        close(); // there may be words on the way
        std::string out = "it ended before it answered";
        try
        {
            if (const auto code = connection_.channel().exitCode(Clock::now() + std::chrono::seconds(1)))
                out += fmt::format(" (exit code {})", *code);
        }
        catch (const OrchestratorError&) // then nobody knows
        {
            out += "";
        }
        return out + lastWords();
    }

    std::string lastWords() const
    {
        const auto words = oneLine(connection_.lastWords(), 300);
        return words.empty() ? "" : "; it wrote: " + words;
    }

    /// What it wrote to stdout that does not belong there.
    std::string noise() const
    {
        return noise_.empty() ? "" : "; its stdout has lines that are no JSON-RPC, as `" + noise_ + "`";
    }

private:
    std::optional<Message> read(const std::string& line)
    {
        auto message = parseMessage(line);
        if (!message && noise_.empty())
            noise_ = oneLine(line, 60);
        if (message && !message->method.empty() && !message->id.empty())
            send(answerToServer(*message));
        return message;
    }

    static bool isAnswer(const Message& message, const std::set<std::string>& ids)
    {
        return std::any_of(ids.begin(), ids.end(), [&](const auto& id) { return message.isAnswerTo(id); });
    }

    Connection connection_;
    const std::chrono::milliseconds endPatience_;
    const Clock::time_point deadline_;
    std::string noise_; ///< the first line that is no message
};

class StdioProbe
{
public:
    StdioProbe(const Open& start, const ProbeOptions& options)
        : start_(start), options_(options), deadline_(Clock::now() + options.timeout)
    {
    }

    ProbeResult run()
    {
        startProcess();
        ProbeResult result;
        try
        {
            auto found = discover();
            result = found ? *found : initialize();
        }
        catch (const ProbeFailure& failure)
        {
            talk_->close();
            throw ProbeFailure(failure.state(), failure.what() + talk_->noise() + talk_->lastWords());
        }
        catch (const Ended&)
        {
            throw ProbeFailure(State::notReady, talk_->epitaph() + talk_->noise());
        }
        talk_->close();
        result.detail += talk_->noise();
        return result;
    }

private:
    void startProcess()
    {
        talk_.reset(); // one at a time
        talk_ = std::make_unique<Talk>(start_, options_, deadline_);
    }

    /// Nothing: it is to be asked as a legacy server.
    std::optional<ProbeResult> discover()
    try
    {
        talk_->send(discoverRequest(discovery, modernRevision));
        const auto answer = talk_->answerTo({discovery}, Clock::now() + options_.discoverPatience);
        return answer ? readModern(*answer) : std::nullopt;
    }
    catch (const Ended&)
    {
        // Some legacy servers end at whatever is not `initialize`.
        startProcess();
        return std::nullopt;
    }

    std::optional<ProbeResult> readModern(const Message& answer)
    {
        if (auto result = readDiscovery(answer, modernRevision))
            return withTools(*result, modernRevision);
        if (!isModernRefusal(answer))
            return std::nullopt;
        if (const auto other = otherRevision(answer, modernRevision))
        {
            talk_->send(discoverRequest("mcpctl-again", *other));
            const auto second = talk_->answerTo({"mcpctl-again"}, deadline_);
            if (auto result = second ? readDiscovery(*second, *other) : std::nullopt)
                return withTools(*result, *other);
        }
        return aliveModern(wordsOf(*answer.error));
    }

    ProbeResult initialize()
    {
        static const std::string id = "mcpctl-initialize";
        talk_->send(initializeRequest(id));
        while (auto answer = talk_->answerTo({id, discovery}, deadline_))
        {
            // A modern server that took its time to start answers the first question now.
            if (answer->isAnswerTo(discovery) && !answer->isAnswerTo(id))
            {
                if (auto modern = readModern(*answer))
                    return *modern;
                continue;
            }
            if (isModernRefusal(*answer))
                return aliveModern(wordsOf(*answer->error));
            const auto result = readInitialization(*answer);
            talk_->send(initializedNotification());
            return withTools(result, "");
        }
        throw ProbeFailure(State::notReady, fmt::format("no answer within {} s", options_.timeout.count() / 1000.0));
    }

    /// The number of tools is a courtesy: a server that does not tell it is ready all the same.
    ProbeResult withTools(ProbeResult result, const std::string& modern)
    {
        int page = 0;
        const auto ask = [&](const std::string& cursor)
        {
            const auto id = fmt::format("mcpctl-tools-{}", ++page);
            talk_->send(listToolsRequest(id, modern, cursor));
            return talk_->answerTo({id}, deadline_);
        };
        try
        {
            if (!result.tools)
                result.tools = countTools(ask);
        }
        catch (const Ended&)
        {
            throw ProbeFailure(State::notReady, "it ended when it was asked for its tools");
        }
        result.detail = summaryOf(result);
        return result;
    }

    static inline const std::string discovery = "mcpctl-1";

    const Open& start_;
    const ProbeOptions& options_;
    const Clock::time_point deadline_;
    std::unique_ptr<Talk> talk_;
};

}

ProbeResult probeStdio(const Open& start, const ProbeOptions& options)
{
    return resultOf([&] { return StdioProbe(start, options).run(); });
}

}
