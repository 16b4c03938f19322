#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mcpctl::docker
{

/// How a program ended.
struct ProcessResult
{
    int exitCode = -1;     ///< 128 + N if signal N ended it
    bool timedOut = false; ///< it was killed
    std::string output{};  ///< standard output, at most 1 MiB
};

/// Runs a program to its end: no shell, a small input that is there from the start, default signal handling (Poco
/// blocks SIGPIPE in this process, and children would inherit that). Standard error is inherited.
/// Throws std::system_error if it cannot be started. May be called from any thread.
ProcessResult runProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string, std::less<>>& environment, const std::string& input,
                         std::chrono::milliseconds timeout);

}
