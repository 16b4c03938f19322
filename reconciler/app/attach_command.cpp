#include "app/attach_lock.h"
#include "app/commands.h"
#include "app/engine.h"
#include "app/lock.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "app/select_instances.h"
#include "app/stdio_pump.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace mcpctl
{

namespace
{

using namespace std::chrono_literals;

constexpr auto freshWithin = 30s;
constexpr auto exitCodeWithin = 5s; ///< the engine tells it a moment after the end of the output

ObservedInstance find(const McpOrchestrator& engine, const GlobalOptions& global, const std::string& word)
{
    return selectInstances(engine.listInstances(ProjectName(global.project)).ours, {word}).front();
}

/// An instance whose process has never talked to a client. The one that is there may have (it should have ended when
/// its client went, and did not), or the engine may be waiting before it revives it.
ObservedInstance withFreshProcess(McpOrchestrator& engine, const GlobalOptions& global, ObservedInstance instance,
                                  const std::string& served)
{
    if (instance.state == RunState::running && instance.startedAt != served)
        return instance;
    if (instance.state != RunState::running && instance.state != RunState::restarting)
        throw OrchestratorError(OrchestratorError::Kind::failed,
                                fmt::format("{} is {}, not running; `mcpctl start {}` or the next apply starts it",
                                            instance.name, toString(instance.state), instance.name));
    engine.restartServer(instance.id);
    const auto until = std::chrono::steady_clock::now() + freshWithin;
    while (std::chrono::steady_clock::now() < until)
    {
        instance = find(engine, global, instance.name);
        if (instance.state == RunState::running && instance.startedAt != served)
            return instance;
        std::this_thread::sleep_for(50ms);
    }
    throw OrchestratorError(OrchestratorError::Kind::failed, instance.name + " does not come up again");
}

}

ExitCode attachCommand(const GlobalOptions& global, const std::string& word, bool steal, Signals& signals)
{
    const auto engine = openForActing(global);
    auto& orchestrator = *engine.orchestrator;
    auto instance = find(orchestrator, global, word);
    if (!instance.spec.keepsStdin)
        throw UsageError(instance.spec.transport.type == Transport::Type::none
                             ? fmt::format("{} is a gateway, and no MCP server", instance.name)
                             : fmt::format("{} is no stdio server: clients reach it by its URL (mcpctl connect-config)",
                                           instance.name));
    AttachLock lock(lockFolder(), instance.id, instance.name, steal);
    // From here on nobody else talks to it.
    instance = withFreshProcess(orchestrator, global, instance, lock.servedBefore());
    const auto channel = orchestrator.attach(instance.id);
    lock.serves(instance.startedAt);

    const auto grace = std::max<std::chrono::milliseconds>(instance.spec.stopGracePeriod, 1s);
    signals.beQuiet();
    const auto end = pump(*channel, {}, grace, signals.stopToken());
    if (end == PumpEnd::serverEnded)
        return static_cast<ExitCode>(channel->exitCode(Channel::Clock::now() + exitCodeWithin).value_or(0));
    // It is told to end by a signal, as the client's own process would be, and the next client finds a fresh one.
    if (end == PumpEnd::clientGone)
        say(fmt::format("mcpctl: {} did not end at end of file within {} s; it is restarted\n", instance.name,
                        grace.count() / 1000));
    orchestrator.restartServer(instance.id);
    return end == PumpEnd::interrupted ? static_cast<ExitCode>(128 + signals.number()) : ExitCode::done;
}

}
