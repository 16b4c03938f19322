#include "app/secret_command.h"

#include "model/scrub.h"
#include "system/run_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>

namespace mcpctl
{

namespace
{

constexpr std::string_view placeholder = "{name}";

std::string replaced(std::string word, const std::string& name)
{
    for (auto at = word.find(placeholder); at != std::string::npos; at = word.find(placeholder, at + name.size()))
        word.replace(at, placeholder.size(), name);
    return word;
}

/// What a command complained about, in one line, without what it may have printed of its answer there too.
std::string complaint(const ProgramResult& result)
{
    constexpr std::size_t longest = 300;
    const Scrubber scrubber(std::vector<std::string>{result.output});
    auto text = scrubber.scrub(result.errors).substr(0, longest);
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    text.erase(text.find_last_not_of(' ') + 1);
    return text.empty() ? "" : ": " + text;
}

}

std::vector<std::string> splitSecretCommand(const std::string& command)
{
    std::vector<std::string> words;
    bool inWord = false;
    char quote = 0;
    for (std::size_t at = 0; at < command.size(); ++at)
    {
        char c = command[at];
        if (quote == 0 && (c == ' ' || c == '\t' || c == '\n'))
        {
            inWord = false;
            continue;
        }
        if (!inWord)
            words.emplace_back();
        inWord = true;
        if (quote == 0 ? c == '\'' || c == '"' : c == quote)
        {
            quote = quote == 0 ? c : '\0';
            continue;
        }
        if (c == '\\' && quote != '\'')
        {
            if (++at == command.size())
                throw std::invalid_argument("it ends with a backslash");
            c = command[at];
        }
        words.back() += c;
    }
    if (quote != 0)
        throw std::invalid_argument(fmt::format("a {} is open at its end", quote));
    if (words.empty() || words.front().empty())
        throw std::invalid_argument("it names no program");
    if (std::none_of(words.begin() + 1, words.end(),
                     [](const auto& word) { return word.find(placeholder) != std::string::npos; }))
        throw std::invalid_argument("no argument has `{name}` in it, so it would say the same for every secret");
    return words;
}

std::optional<std::string> askSecretCommand(const std::string& command, const std::string& name,
                                            std::chrono::milliseconds timeout)
{
    auto words = splitSecretCommand(command);
    Program program{.path = words.front(), .environment = ownEnvironment(), .timeout = timeout};
    std::transform(words.begin() + 1, words.end(), std::back_inserter(program.arguments),
                   [&](const auto& word) { return replaced(word, name); });
    const auto refuse = [&](const std::string& why)
    { throw std::runtime_error(fmt::format("command `{}` for secret `{}`: {}", command, name, why)); };

    ProgramResult result;
    try
    {
        result = runProgram(program);
    }
    catch (const std::system_error& error)
    {
        refuse("it cannot be started: " + error.code().message());
    }
    if (result.end != ProgramResult::End::exited)
        refuse(fmt::format("no answer within {:g} s", std::chrono::duration<double>(timeout).count()));
    if (result.exitCode == noSuchSecret)
        return std::nullopt;
    if (result.exitCode != 0)
        refuse(fmt::format("it failed with exit code {}{}", result.exitCode, complaint(result)));
    if (result.cutShort)
        refuse("it printed more than 1 MiB");
    if (result.output.find('\0') != std::string::npos)
        refuse("its answer has a NUL byte, which an environment variable cannot hold");
    if (result.output.ends_with('\n'))
        result.output.pop_back();
    return std::move(result.output);
}

}
