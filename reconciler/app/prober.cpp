#include "app/prober.h"

#include "mcp/probe.h"
#include "orchestrator/pause.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

using std::chrono::milliseconds;
using Type = HealthCheck::Type;

/// Servers that look at the Host header know themselves by this name.
mcp::HttpAddress addressOf(std::uint16_t port, const std::string& path)
{
    return {fmt::format("127.0.0.1:{}", port), path};
}

milliseconds timeoutOf(const DesiredInstance& want)
{
    return std::chrono::duration_cast<milliseconds>(want.spec.health.timeout);
}

/// A turn to ask; none when stopped before it came.
class Turn
{
public:
    Turn(std::counting_semaphore<>& turns, const std::stop_token& stop) : turns_(turns)
    {
        while (!taken_ && !stop.stop_requested())
            taken_ = turns_.try_acquire_for(milliseconds(50));
    }
    ~Turn()
    {
        if (taken_)
            turns_.release();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    bool taken() const { return taken_; }

private:
    std::counting_semaphore<>& turns_;
    bool taken_ = false;
};

}

ProbeResult probeServer(McpOrchestrator& orchestrator, const std::string& id, const Transport& transport,
                        milliseconds timeout, const std::stop_token& stop)
{
    mcp::ProbeOptions options;
    options.timeout = timeout;
    options.stop = stop;
    if (transport.type == Transport::Type::stdio)
        return mcp::probeStdio([&] { return orchestrator.runBeside(id); }, options);
    return mcp::probeHttp([&] { return orchestrator.dial(id, transport.port); },
                          addressOf(transport.port, transport.path), options);
}

Readiness Prober::untilReady(const std::string& id, const DesiredInstance& want, const std::stop_token& stop)
{
    milliseconds pause{100};
    std::string lastWords = "it was not asked yet";
    while (!stop.stop_requested())
    {
        const auto answer = ask(id, want, stop);
        if (answer.readiness.ready || answer.final)
            return answer.readiness;
        // What a stop broke off tells nothing.
        if (!stop.stop_requested())
            lastWords = answer.readiness.why;
        pauseFor(pause, stop);
        pause = std::min(pause * 2, milliseconds(1000));
    }
    return {false, lastWords};
}

Readiness Prober::once(const std::string& id, const DesiredInstance& want, const std::stop_token& stop)
{
    return ask(id, want, stop).readiness;
}

std::map<std::string, ProbeResult> Prober::found() const
{
    const std::lock_guard lock(mutex_);
    return found_;
}

std::optional<ProbeResult> Prober::found(const std::string& id) const
{
    const std::lock_guard lock(mutex_);
    const auto one = found_.find(id);
    return one == found_.end() ? std::nullopt : std::optional(one->second);
}

Prober::Answer Prober::ask(const std::string& id, const DesiredInstance& want, const std::stop_token& stop)
{
    const auto type = want.spec.health.type;
    try
    {
        if (type != Type::mcp && type != Type::http && type != Type::tcp)
            return askEngine(id);
        const Turn turn(turns_, stop);
        if (!turn.taken())
            return {};
        return type == Type::mcp ? askMcp(id, want, stop) : askPort(id, want, stop);
    }
    catch (const OrchestratorError& error)
    {
        return {{false, error.what()}};
    }
}

Prober::Answer Prober::askMcp(const std::string& id, const DesiredInstance& want, const std::stop_token& stop)
{
    const auto result = probeServer(orchestrator_, id, want.spec.transport, timeoutOf(want), stop);
    if (!answersClients(result))
        return {{false, result.detail}};
    const std::lock_guard lock(mutex_);
    found_.insert_or_assign(id, result);
    return {{true, result.detail}};
}

Prober::Answer Prober::askPort(const std::string& id, const DesiredInstance& want, const std::stop_token& stop)
{
    const auto port = want.spec.transport.port;
    if (want.spec.health.type == Type::http)
    {
        mcp::ProbeOptions options;
        options.timeout = timeoutOf(want);
        options.stop = stop;
        const auto result = mcp::probePage([&] { return orchestrator_.dial(id, port); },
                                           addressOf(port, want.spec.health.path), options);
        return {{result.state == ProbeResult::State::ready, result.detail}};
    }
    // Whether it was accepted may show at the first read alone.
    orchestrator_.dial(id, port)->read(Channel::Clock::now() + std::min(timeoutOf(want), milliseconds(1000)));
    return {{true, fmt::format("port {} accepts connections", port)}};
}

Prober::Answer Prober::askEngine(const std::string& id)
{
    const auto health = orchestrator_.getHealth(id);
    const auto words =
        fmt::format("the engine says {}{}", toString(health.status), health.output.empty() ? "" : ": " + health.output);
    // An engine calls unhealthy what failed as often as was declared.
    return {{health.status == Health::Status::healthy, words},
            health.checked && health.status == Health::Status::unhealthy};
}

}
