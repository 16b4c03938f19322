#pragma once

#include "support/fd_channel.h"

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace mcpctl::test
{

/// The stdio of a process on this machine. It is killed, if it still runs, and waited for by the destructor.
class ProcessChannel : public FdChannel
{
public:
    static std::unique_ptr<ProcessChannel> start(const std::vector<std::string>& command);
    ~ProcessChannel() override;

    std::optional<int> exitCode(Deadline deadline) override;
    pid_t pid() const { return pid_; }

private:
    ProcessChannel(pid_t pid, int in, int out, int err) : FdChannel(in, out, err), pid_(pid) {}

    pid_t pid_;
    std::optional<int> code_;
};

}
