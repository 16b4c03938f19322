#include "support/process_channel.h"

#include "orchestrator/error.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace mcpctl::test
{

namespace
{

using Pipe = std::array<int, 2>;

Pipe makePipe()
{
    Pipe out{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0)
        throw OrchestratorError(OrchestratorError::Kind::failed, "pipe");
    return out;
}

}

std::unique_ptr<ProcessChannel> ProcessChannel::start(const std::vector<std::string>& command)
{
    const Pipe in = makePipe();
    const Pipe out = makePipe();
    const Pipe err = makePipe();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const auto& each : command)
        arguments.push_back(const_cast<char*>(each.c_str())); // posix_spawn does not write to it
    arguments.push_back(nullptr);
    pid_t pid = -1;
    const int failed = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    for (const int fd : {in[0], out[1], err[1]})
        ::close(fd);
    if (failed != 0)
    {
        for (const int fd : {in[1], out[0], err[0]})
            ::close(fd);
        throw OrchestratorError(OrchestratorError::Kind::failed, "cannot start " + command[0]);
    }
    return std::unique_ptr<ProcessChannel>(new ProcessChannel(pid, in[1], out[0], err[0]));
}

ProcessChannel::~ProcessChannel()
{
    if (code_)
        return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::optional<int> ProcessChannel::exitCode(Deadline deadline)
{
    int status = 0;
    while (!code_ && ::waitpid(pid_, &status, WNOHANG) == 0)
    {
        if (deadline && Clock::now() > *deadline)
            return std::nullopt;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (!code_)
        code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return code_;
}

}
