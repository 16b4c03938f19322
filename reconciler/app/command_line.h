#pragma once

#include "app/command_shape.h"
#include "app/exit_code.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mcpctl
{

using Run = std::function<ExitCode()>;

/// A command line under construction: CLI11 with this program's help, completion shape and words for mistakes. `run`
/// becomes what the chosen command does.
class CommandLineBuilder
{
public:
    CommandLineBuilder(const std::string& description, const std::string& footer, Run& run);
    CommandLineBuilder(const CommandLineBuilder&) = delete;
    CommandLineBuilder& operator=(const CommandLineBuilder&) = delete;

    CLI::App& app() { return app_; }

    /// The heading of the commands that follow.
    void group(const std::string& heading) { group_ = heading; }

    /// A command of the program, or one below the command `above`.
    CLI::App* command(const std::string& name, const std::string& what, const std::string& examples, Run run,
                      CLI::App* above = nullptr);

    /// An option, or an argument, that is one of a few words.
    template <typename Value>
    CLI::Option* choice(CLI::App& to, const std::string& names, const std::string& type, const std::string& what,
                        Value& value, const std::vector<std::pair<std::string, Value>>& choices);

    /// What completion offers for an option that takes other words too.
    void suggest(const CLI::Option* option, std::vector<std::string> words) { choices_[option] = std::move(words); }

    /// Takes all words that are left.
    static CLI::Option* many(CLI::Option* option);
    /// An option that may come several times, with one value each: what follows is a path again.
    static CLI::Option* each(CLI::Option* option);
    static void duration(CLI::App* to, const std::string& name, std::chrono::milliseconds& value,
                         const std::string& what);

    std::string help() const { return helpOf(app_); }
    ProgramShape shape() const;
    /// After parsing: what is wrong with a word that nothing on the command line expects; empty if there is none.
    std::string unexpectedWord() const;

private:
    std::string helpOf(const CLI::App& app) const;
    OptionShape shapeOf(const CLI::Option& option) const;
    std::vector<OptionShape> optionsOf(const CLI::App& app, bool positional = false) const;
    CommandShape shapeOf(const CLI::App& command) const;
    std::vector<CommandShape> commandsOf(const CLI::App& app) const;

    CLI::App app_{"", "mcpctl"};
    Run& run_;
    std::string group_;
    std::map<const CLI::Option*, std::vector<std::string>> choices_;
};

template <typename Value>
std::vector<std::string> wordsOf(const std::vector<std::pair<std::string, Value>>& choices)
{
    std::vector<std::string> out;
    out.reserve(choices.size());
    for (const auto& [word, meaning] : choices)
        out.push_back(word);
    return out;
}

template <typename Value>
CLI::Option* CommandLineBuilder::choice(CLI::App& to, const std::string& names, const std::string& type,
                                        const std::string& what, Value& value,
                                        const std::vector<std::pair<std::string, Value>>& choices)
{
    auto* option = to.add_option_function<std::string>(
        names,
        [&value, choices, names, words = wordsOf(choices)](const std::string& text)
        {
            const auto found = std::find(words.begin(), words.end(), text);
            if (found == words.end())
                throw CLI::ValidationError(names.substr(names.find(',') + 1),
                                           fmt::format("`{}` is none of {}", text, fmt::join(words, ", ")));
            value = choices[static_cast<std::size_t>(found - words.begin())].second;
        },
        what);
    suggest(option, wordsOf(choices));
    return option->type_name(type);
}

}
