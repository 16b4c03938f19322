#pragma once

#include "support/echo_server.h"
#include "support/faulty_orchestrator.h"
#include "support/process_channel.h"
#include "support/tcp_channel.h"

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace mcpctl::test
{

/// An engine in memory whose instances are real servers of this machine.
class InhabitedOrchestrator : public FaultyOrchestrator
{
public:
    using FaultyOrchestrator::FaultyOrchestrator;

    std::unique_ptr<Channel> runBeside(const std::string&) override
    {
        ++begun;
        return ProcessChannel::start(command);
    }
    std::unique_ptr<Channel> dial(const std::string&, std::uint16_t) override
    {
        ++begun;
        if (port == 0)
            throw OrchestratorError(OrchestratorError::Kind::unreachable, "nothing listens there");
        return dialTcp(port);
    }
    Health getHealth(const std::string&) const override
    {
        if (health.size() > 1)
            health.pop_front();
        return health.front();
    }

    std::vector<std::string> command = echoCommand({});
    std::atomic<std::uint16_t> port = 0;
    std::atomic<int> begun = 0;
    mutable std::deque<Health> health;
};

}
