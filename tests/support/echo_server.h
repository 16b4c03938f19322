#pragma once

#include "support/process_channel.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mcpctl::test
{

/// The real mcp-echo on this machine, over HTTP on a free port, for as long as this lives.
class EchoServer
{
public:
    explicit EchoServer(const std::vector<std::string>& options = {});

    std::uint16_t port() const { return port_; }

private:
    std::unique_ptr<ProcessChannel> process_;
    std::uint16_t port_ = 0;
};

/// `mcp-echo OPTION...`, as a command.
std::vector<std::string> echoCommand(std::vector<std::string> options);

}
