#include "system/run_program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mcpctl
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
    SpawnSettings()
    {
        check(::posix_spawn_file_actions_init(&actions), "posix_spawn");
        check(::posix_spawnattr_init(&attributes), "posix_spawn");
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        check(::posix_spawnattr_setsigmask(&attributes, &none), "posix_spawn");
        check(::posix_spawnattr_setsigdefault(&attributes, &all), "posix_spawn");
        check(::posix_spawnattr_setflags(&attributes,
                                         POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF),
              "posix_spawn");
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
    ~SpawnSettings()
    {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }

    void use(const Descriptor& end, int as)
    {
        check(::posix_spawn_file_actions_adddup2(&actions, end.get(), as), "posix_spawn");
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

/// What comes out of a pipe, without ever waiting for it.
class Reader
{
public:
    explicit Reader(Descriptor end) : end_(std::move(end)) { ::fcntl(end_.get(), F_SETFL, O_NONBLOCK); }

    int descriptor() const { return end_.get(); }
    /// All that is there now. Reads on where nothing is kept any more, or the program would hang.
    void drain()
    {
        std::array<char, 16384> bytes{};
        while (end_.get() >= 0)
        {
            const auto count = ::read(end_.get(), bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return;
            if (count == 0)
                return end_.close();
            const auto taken = std::min(static_cast<std::size_t>(count), longestOutput - text.size());
            text.append(bytes.data(), taken);
            cutShort = cutShort || taken < static_cast<std::size_t>(count);
            if (cutShort)
                return; // one that prints for ever must not keep us from looking at the clock
        }
    }

    std::string text{};
    bool cutShort = false;

private:
    Descriptor end_;
};

class Run
{
public:
    Run(pid_t child, Reader output, Reader errors)
        : child_(child), pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, child, 0))), output_(std::move(output)),
          errors_(std::move(errors))
    {
    }

    /// The exit code, if the program ends until `deadline` and before `stop`.
    std::optional<int> wait(Clock::time_point deadline, const std::stop_token& stop)
    {
        for (int pause = 1;; pause = std::min(pause * 2, 50))
        {
            const auto ended = reap();
            output_.drain(); // after the look: what was printed last is in it
            errors_.drain();
            if (ended)
                return ended;
            if (Clock::now() >= deadline || stop.stop_requested())
                return std::nullopt;
            std::array<pollfd, 3> ends{
                {{output_.descriptor(), POLLIN, 0}, {errors_.descriptor(), POLLIN, 0}, {pidfd_.get(), POLLIN, 0}}};
            ::poll(ends.data(), ends.size(), pause);
        }
    }

    /// Asks first: git, say, removes its lock files then.
    void end()
    {
        ::kill(-child_, SIGTERM);
        const auto ended = wait(Clock::now() + std::chrono::seconds(2), {});
        ::kill(-child_, SIGKILL); // what it started may live on
        if (!ended)
            ::waitpid(child_, nullptr, 0);
    }

    ProgramResult result(ProgramResult::End how, int exitCode)
    {
        return {how, exitCode, std::move(output_.text), std::move(errors_.text), output_.cutShort};
    }

private:
    std::optional<int> reap() const
    {
        int status = 0;
        const pid_t ended = ::waitpid(child_, &status, WNOHANG);
        if (ended == child_)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (ended < 0 && errno != EINTR)
            return -1; // somebody else has reaped it
        return std::nullopt;
    }

    pid_t child_;
    Descriptor pidfd_; ///< readable when the child has ended; none on old kernels, where the pause bounds the wait
    Reader output_;
    Reader errors_;
};

Run start(const Program& program)
{
    Pipe input = makePipe();
    Pipe output = makePipe();
    Pipe errors = makePipe();
    // Written before anyone can close the other end, so that it can neither block nor raise SIGPIPE.
    ::fcntl(input.write.get(), F_SETFL, O_NONBLOCK);
    if (!program.input.empty() && ::write(input.write.get(), program.input.data(), program.input.size()) !=
                                      static_cast<ssize_t>(program.input.size()))
        check(EMSGSIZE, "input of a program");

    SpawnSettings settings;
    settings.use(input.read, STDIN_FILENO);
    settings.use(output.write, STDOUT_FILENO);
    if (!program.showsErrors)
        settings.use(errors.write, STDERR_FILENO);

    std::vector<std::string> words{program.path.string()};
    words.insert(words.end(), program.arguments.begin(), program.arguments.end());
    std::vector<std::string> variables;
    variables.reserve(program.environment.size());
    for (const auto& [name, value] : program.environment)
        variables.push_back(name + "=" + value);
    pid_t child = 0;
    check(::posix_spawnp(&child, program.path.c_str(), &settings.actions, &settings.attributes,
                         pointersTo(words).data(), pointersTo(variables).data()),
          program.path.c_str());
    return {child, Reader(std::move(output.read)), Reader(std::move(errors.read))};
}

}

ProgramResult runProgram(const Program& program)
{
    const auto deadline = Clock::now() + program.timeout;
    Run run = start(program);
    const auto exitCode = run.wait(deadline, program.stop);
    if (!exitCode)
        run.end();
    const auto how = exitCode                        ? ProgramResult::End::exited
                     : program.stop.stop_requested() ? ProgramResult::End::stopped
                                                     : ProgramResult::End::timedOut;
    return run.result(how, exitCode.value_or(-1));
}

std::map<std::string, std::string, std::less<>> ownEnvironment()
{
    std::map<std::string, std::string, std::less<>> variables;
    for (char** each = environ; *each != nullptr; ++each)
    {
        const std::string_view whole(*each);
        const auto equals = std::min(whole.find('='), whole.size());
        if (!whole.starts_with("MCPCTL_SECRET_"))
            variables.emplace(whole.substr(0, equals), whole.substr(std::min(equals + 1, whole.size())));
    }
    return variables;
}

}
