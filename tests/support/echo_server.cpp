#include "support/echo_server.h"

#include <stdexcept>

namespace mcpctl::test
{

std::vector<std::string> echoCommand(std::vector<std::string> options)
{
    options.insert(options.begin(), MCP_ECHO_BINARY);
    return options;
}

EchoServer::EchoServer(const std::vector<std::string>& options)
{
    auto command = echoCommand({"--http", "0"});
    command.insert(command.end(), options.begin(), options.end());
    process_ = ProcessChannel::start(command);
    const std::string before = "listening on port ";
    std::string said;
    while (said.find(", path") == std::string::npos)
    {
        const auto reading = process_->read(Channel::Clock::now() + std::chrono::seconds(10));
        if (reading.what != Channel::Reading::What::bytes)
            throw std::runtime_error("mcp-echo does not listen: " + said);
        said += reading.bytes;
    }
    port_ = static_cast<std::uint16_t>(std::stoi(said.substr(said.find(before) + before.size())));
}

}
