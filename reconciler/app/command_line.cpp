#include "app/command_line.h"

#include "app/help.h"
#include "app/terminal.h"
#include "model/diagnostic.h"
#include "model/quantity.h"
#include "model/version.h"

#include <unistd.h>

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

CommandLineBuilder::CommandLineBuilder(const std::string& description, const std::string& footer, Run& run) : run_(run)
{
    app_.description(description);
    app_.footer(footer);
    app_.fallthrough();
    app_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app_.allow_extras(); // unexpectedWord() knows better words for them
    app_.set_help_flag("-h,--help", "this help, or that of the command");
    app_.set_version_flag("--version", "mcpctl " + std::string(version), "the version of mcpctl");
    app_.formatter_fn([this](const CLI::App* app, const std::string&, CLI::AppFormatMode) { return helpOf(*app); });
}

CLI::App* CommandLineBuilder::command(const std::string& name, const std::string& what, const std::string& examples,
                                      Run run, CLI::App* above)
{
    auto* added = (above != nullptr ? above : &app_)->add_subcommand(name, what);
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
    return added;
}

CLI::Option* CommandLineBuilder::many(CLI::Option* option)
{
    return option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

CLI::Option* CommandLineBuilder::each(CLI::Option* option)
{
    return many(option)->allow_extra_args(false)->type_name("NAME");
}

void CommandLineBuilder::duration(CLI::App* to, const std::string& name, std::chrono::milliseconds& value,
                                  const std::string& what)
{
    to->add_option_function<std::string>(
          name,
          [&value, name](const std::string& text)
          {
              const auto parsed = parseDuration(text);
              if (!parsed)
                  throw CLI::ValidationError(name, text + " is not a duration, as 2s or 500ms");
              value = std::chrono::duration_cast<std::chrono::milliseconds>(*parsed);
          },
          fmt::format("{} (default {})", what, formatDuration(value)))
        ->type_name("DURATION");
}

ProgramShape CommandLineBuilder::shape() const
{
    return {app_.get_description(), app_.get_footer(), optionsOf(app_), commandsOf(app_)};
}

std::string CommandLineBuilder::unexpectedWord() const
{
    const auto words = app_.remaining(true);
    if (words.empty())
        return "";
    const auto& word = words.front();
    const auto* command = chosen(app_);
    const auto hint = [&word](const std::vector<std::string>& known)
    {
        const auto near = nearest(word.substr(0, word.find('=')), known);
        return near.empty() ? std::string() : fmt::format("; did you mean `{}`?", near);
    };
    if (word.starts_with('-'))
    {
        auto known = namesOf(optionsOf(app_));
        if (command != nullptr)
            for (const auto& name : namesOf(optionsOf(*command)))
                known.push_back(name);
        return fmt::format("there is no option `{}`{}", word, hint(known));
    }
    if (command != nullptr)
        return fmt::format("`{}` takes no argument `{}`", wordsFor(*command), word);
    return fmt::format("there is no command `{}`{}", word, hint(namesOf(commandsOf(app_))));
}

std::string CommandLineBuilder::helpOf(const CLI::App& app) const
{
    const auto width = isTerminal(STDOUT_FILENO) ? terminalWidth(STDOUT_FILENO) : 100;
    return &app == &app_ ? renderHelp(shape(), width) : renderHelp(shapeOf(app), width);
}

OptionShape CommandLineBuilder::shapeOf(const CLI::Option& option) const
{
    OptionShape shape;
    shape.name = option.get_positional() ? option.get_name(true) : "--" + option.get_lnames().front();
    if (!option.get_snames().empty())
        shape.shortName = "-" + option.get_snames().front();
    if (option.get_items_expected_max() > 0)
        shape.value = option.get_type_name().substr(0, option.get_type_name().find(':')); // then come the checks
    shape.description = option.get_description();
    if (const auto known = choices_.find(&option); known != choices_.end())
        shape.choices = known->second;
    shape.required = option.get_required();
    shape.many = option.get_items_expected_max() > 1;
    return shape;
}

std::vector<OptionShape> CommandLineBuilder::optionsOf(const CLI::App& app, bool positional) const
{
    std::vector<OptionShape> out;
    for (const auto* option : app.get_options())
        if (option->get_positional() == positional)
            out.push_back(shapeOf(*option));
    return out;
}

CommandShape CommandLineBuilder::shapeOf(const CLI::App& command) const
{
    return {command.get_name(),   wordsFor(command),         command.get_description(),
            command.get_group(),  command.get_footer(),      optionsOf(command),
            optionsOf(command, true), commandsOf(command)};
}

std::vector<CommandShape> CommandLineBuilder::commandsOf(const CLI::App& app) const
{
    std::vector<CommandShape> out;
    for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; }))
        out.push_back(shapeOf(*each));
    return out;
}

}
