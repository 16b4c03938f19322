#include "attempt.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

namespace breakout
{

namespace
{

constexpr unsigned secondsForEach = 20;

const char* word(Outcome::Kind kind)
{
    return kind == Outcome::Kind::denied ? "denied" : kind == Outcome::Kind::succeeded ? "succeeded" : "unclear";
}

/// The kernel's killing (out of memory, a filtered call) is a denial; whatever else ends a child is not.
Outcome afterDeath(int status)
{
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGSYS))
        return denied(std::string("killed: ") + strsignal(WTERMSIG(status)));
    return {Outcome::Kind::unclear, "it ended without an answer, status " + std::to_string(status)};
}

std::string readAll(int fd)
{
    std::string text;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::read(fd, buffer, sizeof buffer)) != 0;)
        if (count > 0)
            text.append(buffer, static_cast<std::size_t>(count));
        else if (errno != EINTR)
            break;
    return text;
}

void send(int fd, const std::string& text)
{
    for (std::size_t done = 0; done < text.size();)
    {
        const auto count = ::write(fd, text.data() + done, text.size() - done);
        if (count <= 0)
            return;
        done += static_cast<std::size_t>(count);
    }
}

Outcome inChild(const std::function<Outcome()>& attempt)
{
    int pipe[2];
    if (::pipe(pipe) != 0)
        return {Outcome::Kind::unclear, "no pipe"};
    const auto child = ::fork();
    if (child < 0)
        return {Outcome::Kind::unclear, std::string("no child: ") + std::strerror(errno)};
    if (child == 0)
    {
        ::close(pipe[0]);
        ::alarm(secondsForEach);
        const auto outcome = attempt();
        send(pipe[1], std::string(1, word(outcome.kind)[0]) + outcome.detail);
        ::_exit(0);
    }
    ::close(pipe[1]);
    const auto text = readAll(pipe[0]);
    ::close(pipe[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
    {
    }
    if (text.empty())
        return afterDeath(status);
    const auto kind = text[0] == 'd'   ? Outcome::Kind::denied
                      : text[0] == 's' ? Outcome::Kind::succeeded
                                       : Outcome::Kind::unclear;
    return {kind, text.substr(1)};
}

}

Outcome denied(std::string why)
{
    return {Outcome::Kind::denied, std::move(why)};
}

Outcome succeeded(std::string how)
{
    return {Outcome::Kind::succeeded, std::move(how)};
}

Outcome ofCall(long result, const std::string& how)
{
    return result < 0 ? denied(std::strerror(errno)) : succeeded(how);
}

void make(const Attempt& attempt)
{
    const auto outcome = inChild(attempt.attempt);
    const nlohmann::json line{{"attempt", attempt.name}, {"outcome", word(outcome.kind)}, {"detail", outcome.detail}};
    send(STDERR_FILENO, line.dump() + "\n");
}

}
