#include "attempt.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace breakout
{

namespace
{

/// Bounded, so that where nothing stops it the machine survives.
Outcome forkBomb(int count)
{
    std::vector<pid_t> children;
    int error = 0;
    for (int i = 0; i < count; ++i)
    {
        const auto child = ::fork();
        if (child == 0)
        {
            ::pause();
            ::_exit(0);
        }
        if (child < 0)
        {
            error = errno;
            break;
        }
        children.push_back(child);
    }
    for (const auto child : children)
        ::kill(child, SIGKILL);
    for (const auto child : children)
        ::waitpid(child, nullptr, 0);
    const auto far = std::to_string(children.size()) + " processes";
    return error == 0 ? succeeded(far) : denied(std::string(std::strerror(error)) + " after " + far);
}

/// Touches what it takes, a megabyte at a time: without that it is not taken.
Outcome takeMemory(long megabytes)
{
    constexpr std::size_t step = 1024 * 1024;
    for (long taken = 0; taken < megabytes; ++taken)
    {
        void* const block = ::mmap(nullptr, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED)
            return denied(std::string(std::strerror(errno)) + " after " + std::to_string(taken) + " MB");
        std::memset(block, 0x5a, step);
    }
    return succeeded(std::to_string(megabytes) + " MB");
}

}

std::vector<Attempt> resourceAttempts(const Targets& targets)
{
    return {{"fork bomb", [=] { return forkBomb(targets.processes); }},
            {"memory beyond the limit", [=] { return takeMemory(targets.memoryMegabytes); }}};
}

}
