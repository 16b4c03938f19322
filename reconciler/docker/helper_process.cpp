#include "docker/helper_process.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mcpctl::docker
{

namespace
{

using Clock = std::chrono::steady_clock;

constexpr std::size_t longestOutput = 1024 * 1024;

void check(int error, const char* what)
{
    if (error != 0)
        throw std::system_error(error, std::generic_category(), what);
}

class Descriptor
{
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() { close(); }

    int get() const { return number_; }
    void close()
    {
        if (number_ >= 0)
            ::close(std::exchange(number_, -1));
    }

private:
    int number_;
};

struct Pipe
{
    Descriptor read;
    Descriptor write;
};

Pipe makePipe()
{
    int ends[2];
    check(::pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno, "pipe");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// What posix_spawn wants to know, released at the end.
class SpawnSettings
{
public:
    SpawnSettings(int input, int output)
    {
        check(::posix_spawn_file_actions_init(&actions), "posix_spawn");
        check(::posix_spawnattr_init(&attributes), "posix_spawn");
        check(::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO), "posix_spawn");
        check(::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO), "posix_spawn");
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        check(::posix_spawnattr_setsigmask(&attributes, &none), "posix_spawn");
        check(::posix_spawnattr_setsigdefault(&attributes, &all), "posix_spawn");
        check(::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF), "posix_spawn");
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
    ~SpawnSettings()
    {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

std::vector<char*> pointersTo(std::vector<std::string>& strings)
{
    std::vector<char*> result;
    result.reserve(strings.size() + 1);
    for (auto& string : strings)
        result.push_back(string.data());
    result.push_back(nullptr);
    return result;
}

struct Reading
{
    std::string text{};
    bool ended = false;
};

/// Reads to the end or the deadline.
Reading readAll(int descriptor, Clock::time_point deadline)
{
    Reading result;
    while (!result.ended)
    {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0)
            break;
        pollfd entry{.fd = descriptor, .events = POLLIN, .revents = 0};
        if (::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) <= 0)
            continue;
        char bytes[4096];
        const ssize_t count = ::read(descriptor, bytes, sizeof bytes);
        result.ended = count == 0;
        if (count > 0 && result.text.size() < longestOutput)
            result.text.append(bytes, static_cast<std::size_t>(count));
    }
    return result;
}

/// The child's end, or none by the deadline.
std::optional<int> waitFor(pid_t child, Clock::time_point deadline)
{
    for (auto pause = std::chrono::milliseconds(1);; pause = std::min(pause * 2, std::chrono::milliseconds(50)))
    {
        int status = 0;
        const pid_t ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (ended < 0 && errno != EINTR)
            return -1; // somebody else has reaped it
        if (Clock::now() >= deadline)
            return std::nullopt;
        std::this_thread::sleep_for(pause);
    }
}

}

ProcessResult runProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string, std::less<>>& environment, const std::string& input,
                         std::chrono::milliseconds timeout)
{
    const auto deadline = Clock::now() + timeout;
    Pipe toChild = makePipe();
    Pipe fromChild = makePipe();
    // Written before anyone can close the other end, so that it can neither block nor raise SIGPIPE.
    if (::write(toChild.write.get(), input.data(), input.size()) != static_cast<ssize_t>(input.size()))
        check(EMSGSIZE, "input of a helper");
    toChild.write.close();

    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables;
    variables.reserve(environment.size());
    for (const auto& [name, value] : environment)
        variables.push_back(name + "=" + value);
    const SpawnSettings settings(toChild.read.get(), fromChild.write.get());
    pid_t child = 0;
    check(::posix_spawn(&child, program.c_str(), &settings.actions, &settings.attributes, pointersTo(words).data(),
                        pointersTo(variables).data()),
          program.c_str());
    toChild.read.close();
    fromChild.write.close();

    const Reading reading = readAll(fromChild.read.get(), deadline);
    const auto exitCode = reading.ended ? waitFor(child, deadline) : std::nullopt;
    if (!exitCode)
    {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
    return {.exitCode = exitCode.value_or(-1), .timedOut = !exitCode, .output = reading.text};
}

}
