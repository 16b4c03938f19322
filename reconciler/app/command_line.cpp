#include "app/command_line.h"

#include "app/help.h"
#include "app/report.h"
#include "app/terminal.h"
#include "model/diagnostic.h"
#include "model/quantity.h"
#include "model/version.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace mcpctl
{

namespace
{

template <typename Shape>
std::vector<std::string> namesOf(const std::vector<Shape>& shapes)
{
    std::vector<std::string> out;
    out.reserve(shapes.size());
    for (const auto& shape : shapes)
        out.push_back(shape.name);
    return out;
}

/// The command that was chosen, or the one below it that was; nothing if none was.
const CLI::App* chosen(const CLI::App& app)
{
    const auto commands = app.get_subcommands();
    if (commands.empty())
        return nullptr;
    const auto* below = chosen(*commands.front());
    return below != nullptr ? below : commands.front();
}

/// As one writes it: `history show`.
std::string wordsFor(const CLI::App& command)
{
    const auto* above = command.get_parent();
    return above->get_parent() == nullptr ? command.get_name() : wordsFor(*above) + " " + command.get_name();
}

}

void Arguments::apply(CLI::Option* option, const std::string& type, const OptionRules& rules)
{
    option->required(rules.required);
    if (!type.empty())
        option->type_name(type);
    if (rules.env != nullptr)
        option->envname(rules.env);
    if (rules.complaint)
        option->check(
            CLI::Validator([complaint = rules.complaint](const std::string& value) { return complaint(value); }, type));
    if (!rules.suggestions.empty())
        suggestions_[option] = rules.suggestions;
    if (!rules.excludes.empty())
        option->excludes(app_.get_option(rules.excludes));
}

void Arguments::option(const std::string& names, const std::string& type, std::string& value, const std::string& what,
                       const OptionRules& rules)
{
    apply(app_.add_option(names, value, what), type, rules);
}

void Arguments::option(const std::string& names, const std::string& type, std::optional<std::string>& value,
                       const std::string& what, const OptionRules& rules)
{
    apply(app_.add_option(names, value, what), type, rules);
}

void Arguments::number(const std::string& names, const std::string& type, std::optional<std::size_t>& value,
                       const std::string& what)
{
    const auto read = [&value, names](const std::string& text)
    {
        std::size_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size())
            throw CLI::ValidationError(names, text + " is no number that it could be");
        value = number;
    };
    apply(app_.add_option_function<std::string>(names, read, what), type, {});
}

void Arguments::duration(const std::string& name, std::chrono::milliseconds& value, const std::string& what)
{
    const auto read = [&value, name](const std::string& text)
    {
        const auto parsed = parseDuration(text);
        if (!parsed)
            throw CLI::ValidationError(name, text + " is not a duration, as 2s or 500ms");
        value = std::chrono::duration_cast<std::chrono::milliseconds>(*parsed);
    };
    apply(
        app_.add_option_function<std::string>(name, read, fmt::format("{} (default {})", what, formatDuration(value))),
        "DURATION", {});
}

void Arguments::each(const std::string& names, std::vector<std::string>& values, const std::string& what,
                     const std::string& type, const OptionRules& rules)
{
    auto* option = app_.add_option(names, values, what);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
    apply(option, type, rules);
}

void Arguments::flag(const std::string& names, bool& value, const std::string& what)
{
    app_.add_flag(names, value, what);
}

void Arguments::off(const std::string& names, bool& value, const std::string& what)
{
    app_.add_flag_callback(
        names, [&value] { value = false; }, what);
}

void Arguments::flag(const std::string& names, std::function<void()> given, const std::string& what, bool inTurn)
{
    app_.add_flag_callback(names, std::move(given), what)->trigger_on_parse(inTurn);
}

void Arguments::inTurn(const std::string& names, const std::string& type,
                       const std::function<void(const std::string&)>& given, const std::string& what,
                       const OptionRules& rules)
{
    auto* option = app_.add_option_function<std::string>(names, given, what);
    apply(option->trigger_on_parse(), type, rules);
}

void Arguments::chooseOne(const std::string& names, const std::string& type, const std::string& what,
                          const std::vector<std::string>& words, std::function<void(std::size_t)> choose,
                          const OptionRules& rules)
{
    const auto read = [words, names, choose = std::move(choose)](const std::string& text)
    {
        const auto found = std::find(words.begin(), words.end(), text);
        if (found == words.end())
            throw CLI::ValidationError(names.substr(names.find(',') + 1),
                                       fmt::format("`{}` is none of {}", text, fmt::join(words, ", ")));
        choose(static_cast<std::size_t>(found - words.begin()));
    };
    auto* option = app_.add_option_function<std::string>(names, read, what);
    suggestions_[option] = words;
    option->type_name(type);
    apply(option, "", rules);
}

void Arguments::argument(const std::string& name, std::string& value, const std::string& what, const OptionRules& rules)
{
    apply(app_.add_option(name, value, what), "", rules);
}

void Arguments::arguments(const std::string& name, std::vector<std::string>& values, const std::string& what,
                          const OptionRules& rules)
{
    auto* option = app_.add_option(name, values, what);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    apply(option, "", rules);
}

CommandLine::CommandLine(const std::string& description, const std::string& footer, Run& run)
    : app_(std::make_unique<CLI::App>("", "mcpctl")), run_(run)
{
    app_->description(description);
    app_->footer(footer);
    app_->fallthrough();
    app_->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app_->allow_extras(); // unexpectedWord() knows better words for them
    app_->set_help_flag("-h,--help", "this help, or that of the command");
    app_->set_version_flag("--version", "mcpctl " + std::string(version), "the version of mcpctl");
    app_->formatter_fn([this](const CLI::App* app, const std::string&, CLI::AppFormatMode) { return helpOf(*app); });
}

CommandLine::~CommandLine() = default;

Arguments CommandLine::global()
{
    return {*app_, suggestions_};
}

Arguments CommandLine::command(const std::string& words, const std::string& what, const std::string& examples, Run run)
{
    auto* above = app_.get();
    std::string name = words;
    for (auto space = name.find(' '); space != std::string::npos; space = name.find(' '))
    {
        above = above->get_subcommand(name.substr(0, space));
        name.erase(0, space + 1);
    }
    auto* added = above->add_subcommand(name, what);
    added->group(group_);
    added->set_help_flag("-h,--help", "this help");
    added->footer("Examples:\n" + examples);
    // Of a command and one below it, the one below was meant; its callback comes first.
    added->callback(
        [this, added, run = std::move(run)]
        {
            if (added->get_subcommands().empty())
                run_ = run;
        });
    return {*added, suggestions_};
}

std::optional<int> CommandLine::parse(int argc, char** argv)
{
    std::string wrong;
    try
    {
        app_->parse(argc, argv);
    }
    catch (const CLI::Success& success) // --help, --version
    {
        return app_->exit(success);
    }
    catch (const CLI::ParseError& error)
    {
        wrong = error.what();
    }
    if (const auto unexpected = unexpectedWord(); !unexpected.empty())
        wrong = unexpected;
    if (!wrong.empty())
        return usageError(wrong);
    if (run_)
        return std::nullopt;
    say(help());
    return static_cast<int>(ExitCode::usage);
}

bool CommandLine::chose(const std::string& name) const
{
    return app_->got_subcommand(name);
}

std::string CommandLine::help() const
{
    return helpOf(*app_);
}

ProgramShape CommandLine::shape() const
{
    return {app_->get_description(), app_->get_footer(), optionsOf(*app_), commandsOf(*app_)};
}

std::string CommandLine::unexpectedWord() const
{
    const auto words = app_->remaining(true);
    if (words.empty())
        return "";
    const auto& word = words.front();
    const auto* command = chosen(*app_);
    const auto hint = [&word](const std::vector<std::string>& known)
    {
        const auto near = nearest(word.substr(0, word.find('=')), known);
        return near.empty() ? std::string() : fmt::format("; did you mean `{}`?", near);
    };
    if (word.starts_with('-'))
    {
        auto known = namesOf(optionsOf(*app_));
        if (command != nullptr)
            for (const auto& name : namesOf(optionsOf(*command)))
                known.push_back(name);
        return fmt::format("there is no option `{}`{}", word, hint(known));
    }
    if (command != nullptr)
        return fmt::format("`{}` takes no argument `{}`", wordsFor(*command), word);
    return fmt::format("there is no command `{}`{}", word, hint(namesOf(commandsOf(*app_))));
}

std::string CommandLine::helpOf(const CLI::App& app) const
{
    const auto width = isTerminal(STDOUT_FILENO) ? terminalWidth(STDOUT_FILENO) : 100;
    return &app == app_.get() ? renderHelp(shape(), width) : renderHelp(shapeOf(app), width);
}

OptionShape CommandLine::shapeOf(const CLI::Option& option) const
{
    OptionShape shape;
    shape.name = option.get_positional() ? option.get_name(true) : "--" + option.get_lnames().front();
    if (!option.get_snames().empty())
        shape.shortName = "-" + option.get_snames().front();
    if (option.get_items_expected_max() > 0)
        shape.value = option.get_type_name().substr(0, option.get_type_name().find(':')); // then come the checks
    shape.description = option.get_description();
    if (const auto known = suggestions_.find(&option); known != suggestions_.end())
        shape.choices = known->second;
    shape.required = option.get_required();
    shape.many = option.get_items_expected_max() > 1;
    return shape;
}

std::vector<OptionShape> CommandLine::optionsOf(const CLI::App& app, bool positional) const
{
    std::vector<OptionShape> out;
    for (const auto* option : app.get_options())
        if (option->get_positional() == positional)
            out.push_back(shapeOf(*option));
    return out;
}

CommandShape CommandLine::shapeOf(const CLI::App& command) const
{
    return {command.get_name(),   wordsFor(command),  command.get_description(), command.get_group(),
            command.get_footer(), optionsOf(command), optionsOf(command, true),  commandsOf(command)};
}

std::vector<CommandShape> CommandLine::commandsOf(const CLI::App& app) const
{
    std::vector<CommandShape> out;
    for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; }))
        out.push_back(shapeOf(*each));
    return out;
}

int usageError(const std::string& what)
{
    say(fmt::format("mcpctl: {}\nrun `mcpctl --help`, or `mcpctl COMMAND --help`\n", what));
    return static_cast<int>(ExitCode::usage);
}

}
