#include "app/git.h"

#include <algorithm>
#include <cstdlib>
#include <system_error>

namespace mcpctl
{

namespace
{

std::vector<std::string> wordsOf(const GitCall& call)
{
    std::vector<std::string> words;
    for (const auto* setting : {"core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.ext.allow=never"})
        words.insert(words.end(), {"-c", setting});
    words.insert(words.end(), call.arguments.begin(), call.arguments.end());
    return words;
}

/// Ours, without what would lead git to another repository, with `config` behind what is configured this way already.
std::map<std::string, std::string, std::less<>> environmentOf(const GitCall& call)
{
    auto variables = ownEnvironment();
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
    return variables;
}

std::string withoutLastNewlines(std::string text)
{
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

}

GitResult runGit(const GitCall& call)
{
    try
    {
        auto result = runProgram({.path = "git",
                                  .arguments = wordsOf(call),
                                  .environment = environmentOf(call),
                                  .timeout = call.timeout,
                                  .stop = call.stop});
        return {.end = result.end,
                .exitCode = result.exitCode,
                .output = withoutLastNewlines(std::move(result.output)),
                .errors = maskCredentials(withoutLastNewlines(std::move(result.errors)))};
    }
    catch (const std::system_error& error)
    {
        throw GitError("cannot run the git program: " + error.code().message());
    }
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
