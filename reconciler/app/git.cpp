#include "app/git.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mcpctl
{

namespace
{

using Clock = std::chrono::steady_clock;
using Environment = std::map<std::string, std::string>;

constexpr off_t longestOutput = 1024 * 1024;

void check(int error, const char* what)
{
    if (error != 0)
        throw std::system_error(error, std::generic_category(), what);
}

/// What a program prints, in memory. Not a pipe: helpers that git leaves running (an ssh master, a credential cache)
/// keep theirs open, and its end would not come.
class Capture
{
public:
    Capture() : file_(::memfd_create("git", MFD_CLOEXEC)) { check(file_ < 0 ? errno : 0, "memfd_create"); }
    ~Capture() { ::close(file_); }
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    int get() const { return file_; }
    std::string text() const
    {
        const off_t size = std::min(::lseek(file_, 0, SEEK_END), longestOutput);
        std::string out(static_cast<std::size_t>(std::max<off_t>(size, 0)), '\0');
        const auto count = ::pread(file_, out.data(), out.size(), 0);
        out.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        out.erase(out.find_last_not_of('\n') + 1);
        return out;
    }

private:
    int file_;
};

/// A session of its own: there is no terminal that ssh could ask on, and all that git starts can be ended with it.
class SpawnSettings
{
public:
    SpawnSettings(const Capture& output, const Capture& errors)
    {
        check(::posix_spawn_file_actions_init(&actions), "posix_spawn");
        check(::posix_spawnattr_init(&attributes), "posix_spawn");
        check(::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0), "posix_spawn");
        check(::posix_spawn_file_actions_adddup2(&actions, output.get(), STDOUT_FILENO), "posix_spawn");
        check(::posix_spawn_file_actions_adddup2(&actions, errors.get(), STDERR_FILENO), "posix_spawn");
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        check(::posix_spawnattr_setsigmask(&attributes, &none), "posix_spawn");
        check(::posix_spawnattr_setsigdefault(&attributes, &all), "posix_spawn");
        check(::posix_spawnattr_setflags(&attributes,
                                         POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF),
              "posix_spawn");
    }
    ~SpawnSettings()
    {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

std::vector<std::string> wordsOf(const GitCall& call)
{
    std::vector<std::string> words{"git"};
    for (const auto* setting : {"core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.ext.allow=never"})
        words.insert(words.end(), {"-c", setting});
    words.insert(words.end(), call.arguments.begin(), call.arguments.end());
    return words;
}

/// Ours, without what would lead git to another repository, with `config` behind what is configured this way already.
std::vector<std::string> environmentOf(const GitCall& call)
{
    Environment variables;
    for (char** each = environ; *each != nullptr; ++each)
    {
        const std::string_view whole(*each);
        const auto equals = std::min(whole.find('='), whole.size());
        variables[std::string(whole.substr(0, equals))] = whole.substr(std::min(equals + 1, whole.size()));
    }
    for (const auto* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR",
                             "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_SHALLOW_FILE"})
        variables.erase(name);
    variables["GIT_TERMINAL_PROMPT"] = "0";
    variables["GIT_OPTIONAL_LOCKS"] = "0"; // a look at somebody's work tree writes nothing there
    variables["LC_ALL"] = "C.UTF-8";

    int count = std::atoi(variables["GIT_CONFIG_COUNT"].c_str());
    for (const auto& [key, value] : call.config)
    {
        variables["GIT_CONFIG_KEY_" + std::to_string(count)] = key;
        variables["GIT_CONFIG_VALUE_" + std::to_string(count)] = value;
        ++count;
    }
    variables["GIT_CONFIG_COUNT"] = std::to_string(count);

    std::vector<std::string> out;
    out.reserve(variables.size());
    for (const auto& [name, value] : variables)
        out.push_back(name + "=" + value);
    return out;
}

std::vector<char*> pointersTo(std::vector<std::string>& strings)
{
    std::vector<char*> out;
    out.reserve(strings.size() + 1);
    for (auto& each : strings)
        out.push_back(each.data());
    out.push_back(nullptr);
    return out;
}

/// The exit code of `child`, if it ends until `deadline` and before `stop`.
std::optional<int> waitFor(pid_t child, Clock::time_point deadline, const std::stop_token& stop)
{
    for (auto pause = std::chrono::milliseconds(1);; pause = std::min(pause * 2, std::chrono::milliseconds(50)))
    {
        int status = 0;
        const pid_t ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (ended < 0 && errno != EINTR)
            return -1; // somebody else has reaped it
        if (Clock::now() >= deadline || stop.stop_requested())
            return std::nullopt;
        std::this_thread::sleep_for(pause);
    }
}

/// Asks first: git removes its lock files then.
void end(pid_t child)
{
    ::kill(-child, SIGTERM);
    const auto ended = waitFor(child, Clock::now() + std::chrono::seconds(2), {});
    ::kill(-child, SIGKILL); // what it started may live on
    if (!ended)
        ::waitpid(child, nullptr, 0);
}

}

GitResult runGit(const GitCall& call)
{
    const Capture output, errors;
    const SpawnSettings settings(output, errors);
    auto words = wordsOf(call);
    auto variables = environmentOf(call);
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, "git", &settings.actions, &settings.attributes, pointersTo(words).data(),
                                      pointersTo(variables).data());
    if (failed != 0)
        throw GitError("cannot run the git program: " + std::generic_category().message(failed));

    const auto code = waitFor(child, Clock::now() + call.timeout, call.stop);
    if (!code)
        end(child);
    const auto how = code                         ? GitResult::End::exited
                     : call.stop.stop_requested() ? GitResult::End::stopped
                                                  : GitResult::End::timedOut;
    return {
        .end = how, .exitCode = code.value_or(-1), .output = output.text(), .errors = maskCredentials(errors.text())};
}

std::string maskCredentials(std::string_view text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();)
    {
        const auto colon = text.find("://", at);
        if (colon == std::string_view::npos)
            return out.append(text.substr(at));
        const auto host = colon + 3;
        const auto end = std::min(text.find_first_of("/?# \t\r\n'\"<>", host), text.size());
        const auto sign = text.substr(host, end - host).rfind('@');
        out.append(text.substr(at, host - at));
        at = host;
        if (sign == std::string_view::npos)
            continue;
        // The name alone is a secret too where it may be a token; of ssh it is the account.
        const auto user = text.substr(host, sign);
        const bool secret = text.substr(0, colon).ends_with("http") || text.substr(0, colon).ends_with("https") ||
                            user.find(':') != std::string_view::npos;
        out.append(secret ? "(secret)" : user);
        at = host + sign;
    }
    return out;
}

}
