#pragma once

#include "system/run_program.h"

#include <chrono>
#include <map>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace mcpctl
{

/// git cannot do what was asked. The text is for people; credentials in it are masked.
class GitError : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// How one call ended.
struct GitResult
{
    using End = ProgramResult::End;

    End end = End::exited;
    int exitCode = -1;    ///< 128 + N if signal N ended it
    std::string output{}; ///< what it printed, without the newlines at the end
    std::string errors{}; ///< what it complained about; credentials are masked

    bool ok() const { return end == End::exited && exitCode == 0; }
};

/// One call of the git program, as the user has it set up: credential helpers, ssh, proxies, certificates and
/// `insteadOf` work here as they do in the user's shell. A library of git knows most of that not at all; that is why it
/// is the program.
struct GitCall
{
    std::vector<std::string> arguments;
    std::chrono::milliseconds timeout{10'000};
    std::map<std::string, std::string> config{}; ///< not shown to other users, as arguments are
    std::stop_token stop{};
};

/// Runs git without a shell, to its end. It asks nobody: no terminal, no standard input. What a repository brings along
/// (hooks, a file system monitor) does not run, and variables that point at another repository do not count.
/// Throws GitError when there is no git program. Any thread.
GitResult runGit(const GitCall& call);

/// `text` without the credentials of URLs: `https://(secret)@host`, `ssh://(secret)@host` where there is a password.
std::string maskCredentials(std::string_view text);

}
