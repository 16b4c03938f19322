#pragma once

#include "app/command_shape.h"
#include "app/exit_code.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CLI
{
class App;
class Option;
}

/// The command line, declared: CLI11 with this program's help, completion and words for mistakes. command_line.cpp is
/// the only source that knows CLI11.
namespace mcpctl
{

using Run = std::function<ExitCode()>;

/// What else holds for an option or an argument.
struct OptionRules
{
    bool required = false;
    const char* env = nullptr;                                  ///< the variable that gives it where the option is not
    std::function<std::string(const std::string&)> complaint{}; ///< about a value; empty: it is good
    std::vector<std::string> suggestions{};                     ///< what completion offers
    std::string excludes{};                                     ///< an option declared before; both are too much
};

/// What a command, or the whole program, takes. Values stay as they are where nothing is given; of an option that is
/// given twice the last one counts.
class Arguments
{
public:
    Arguments(CLI::App& app, std::map<const CLI::Option*, std::vector<std::string>>& suggestions)
        : app_(app), suggestions_(suggestions)
    {
    }

    /// `names` as `-o,--output`; `type` as the help calls its value.
    void option(const std::string& names, const std::string& type, std::string& value, const std::string& what,
                const OptionRules& rules = {});
    void option(const std::string& names, const std::string& type, std::optional<std::string>& value,
                const std::string& what, const OptionRules& rules = {});
    void number(const std::string& names, const std::string& type, std::optional<std::size_t>& value,
                const std::string& what);
    void duration(const std::string& name, std::chrono::milliseconds& value, const std::string& what);
    /// May come several times, with one value each: what follows is a path again.
    void each(const std::string& names, std::vector<std::string>& values, const std::string& what,
              const std::string& type = "NAME", const OptionRules& rules = {});
    void flag(const std::string& names, bool& value, const std::string& what);
    /// Given, it says no.
    void off(const std::string& names, bool& value, const std::string& what);
    /// `inTurn`: called when it is met, not when all is read.
    void flag(const std::string& names, std::function<void()> given, const std::string& what, bool inTurn = false);
    /// May come several times; `given` is called for each, in the order of the command line.
    void inTurn(const std::string& names, const std::string& type, const std::function<void(const std::string&)>& given,
                const std::string& what, const OptionRules& rules = {});
    template <typename Value>
    void choice(const std::string& names, const std::string& type, const std::string& what, Value& value,
                const std::vector<std::pair<std::string, Value>>& choices, const OptionRules& rules = {});

    void argument(const std::string& name, std::string& value, const std::string& what, const OptionRules& rules = {});
    /// Takes all words that are left.
    void arguments(const std::string& name, std::vector<std::string>& values, const std::string& what,
                   const OptionRules& rules = {});

private:
    void apply(CLI::Option* option, const std::string& type, const OptionRules& rules);
    void chooseOne(const std::string& names, const std::string& type, const std::string& what,
                   const std::vector<std::string>& words, std::function<void(std::size_t)> choose,
                   const OptionRules& rules);

    CLI::App& app_;
    std::map<const CLI::Option*, std::vector<std::string>>& suggestions_;
};

/// The program's command line. `run` becomes what the chosen command does.
class CommandLine
{
public:
    CommandLine(const std::string& description, const std::string& footer, Run& run);
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    /// What every command takes.
    Arguments global();
    /// The heading of the commands that follow.
    void group(const std::string& heading) { group_ = heading; }
    /// Its name with the commands above it, which were declared before: `history show`.
    Arguments command(const std::string& words, const std::string& what, const std::string& examples, Run run);

    /// Nothing, or the exit code of the program where nothing is to be run: it told what is wrong, or what was asked.
    std::optional<int> parse(int argc, char** argv);
    /// Was this command chosen?
    bool chose(const std::string& name) const;

    std::string help() const;
    ProgramShape shape() const;

private:
    std::string unexpectedWord() const;
    std::string helpOf(const CLI::App& app) const;
    OptionShape shapeOf(const CLI::Option& option) const;
    std::vector<OptionShape> optionsOf(const CLI::App& app, bool positional = false) const;
    CommandShape shapeOf(const CLI::App& command) const;
    std::vector<CommandShape> commandsOf(const CLI::App& app) const;

    std::unique_ptr<CLI::App> app_;
    Run& run_;
    std::string group_;
    std::map<const CLI::Option*, std::vector<std::string>> suggestions_;
};

/// Tells what is wrong with a command line. Returns the exit code for it.
int usageError(const std::string& what);

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
void Arguments::choice(const std::string& names, const std::string& type, const std::string& what, Value& value,
                       const std::vector<std::pair<std::string, Value>>& choices, const OptionRules& rules)
{
    chooseOne(
        names, type, what, wordsOf(choices),
        [&value, choices](std::size_t position) { value = choices[position].second; }, rules);
}

}
