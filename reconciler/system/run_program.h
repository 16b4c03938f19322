#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace mcpctl
{

/// A program that is run to its end, without a shell: what it is given.
struct Program
{
    std::filesystem::path path{}; ///< looked for on the PATH where it is a bare name
    std::vector<std::string> arguments{};
    std::map<std::string, std::string, std::less<>> environment{}; ///< all of it; see ownEnvironment()
    std::string input{};                                           ///< there from the start, at most 64 KiB
    bool showsErrors = false; ///< standard error goes where ours goes, and is not in the result
    std::chrono::milliseconds timeout{10'000};
    std::stop_token stop{};
};

/// How it ended.
struct ProgramResult
{
    enum class End
    {
        exited,
        timedOut, ///< and was killed
        stopped,  ///< likewise: `stop` asked for it
    };

    End end = End::exited;
    int exitCode = -1;     ///< 128 + N if signal N ended it
    std::string output{};  ///< at most 1 MiB of it
    std::string errors{};  ///< likewise
    bool cutShort = false; ///< there was more of the output
};

/// Runs it in a session of its own (no terminal to ask on, and all that it starts can be ended with it) with default
/// signal handling: Poco blocks SIGPIPE in this process, and children would inherit that. What it leaves running does
/// not hold the answer back. One that has to end is asked first, and killed 2 s later.
/// Throws std::system_error if it cannot be started, or the input is too long. Any thread.
ProgramResult runProgram(const Program& program);

/// The environment of this process without the secrets in it (MCPCTL_SECRET_...), which are no other program's
/// business.
std::map<std::string, std::string, std::less<>> ownEnvironment();

}
