#include "app/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace mcpctl
{

namespace
{

/// `-o, --output FORMAT`; options without a short name stand under the long ones of the others.
std::string label(const OptionShape& option)
{
    if (!option.name.starts_with('-'))
        return option.name;
    return fmt::format("{:4}{}{}{}", option.shortName.empty() ? "" : option.shortName + ",", option.name,
                       option.value.empty() ? "" : " ", option.value);
}

/// `text` after `head`, in a column of its own that starts at `column`.
std::string entry(const std::string& head, const std::string& text, std::size_t column, std::size_t width)
{
    std::string out;
    std::string line = fmt::format("{:{}}", "  " + head, column);
    std::istringstream words(text);
    bool empty = true;
    for (std::string word; words >> word;)
    {
        if (!empty && line.size() + 1 + word.size() > width)
        {
            out += line + "\n";
            line = std::string(column, ' ');
            empty = true;
        }
        line += (empty ? "" : " ") + word;
        empty = false;
    }
    return out + line + "\n";
}

std::string table(const std::vector<std::pair<std::string, std::string>>& rows, std::size_t width)
{
    std::size_t column = 0;
    for (const auto& [head, text] : rows)
        column = std::max(column, head.size() + 4);
    std::string out;
    for (const auto& [head, text] : rows)
        out += entry(head, text, column, width);
    return out;
}

std::string options(const std::vector<OptionShape>& all, std::size_t width)
{
    std::vector<std::pair<std::string, std::string>> rows;
    rows.reserve(all.size());
    for (const auto& option : all)
        rows.emplace_back(label(option), option.description);
    return table(rows, width);
}

std::string commands(const std::vector<CommandShape>& all, std::size_t width)
{
    std::vector<std::pair<std::string, std::string>> rows;
    rows.reserve(all.size());
    for (const auto& command : all)
        rows.emplace_back(command.words, command.description);
    return table(rows, width);
}

/// How an argument stands in the line that says the usage.
std::string usage(const OptionShape& argument)
{
    const auto name = argument.name + (argument.many ? "..." : "");
    return argument.required ? name : "[" + name + "]";
}

}

std::string renderHelp(const ProgramShape& program, std::size_t width)
{
    std::string out = program.description + "\n\nUsage: mcpctl [OPTION...] COMMAND\n";
    std::vector<std::string> groups;
    for (const auto& command : program.commands)
        if (std::find(groups.begin(), groups.end(), command.group) == groups.end())
            groups.push_back(command.group);
    std::size_t column = 0;
    for (const auto& command : program.commands)
        column = std::max(column, command.name.size() + 4);
    for (const auto& group : groups)
    {
        out += fmt::format("\n{}:\n", group);
        for (const auto& command : program.commands)
            if (command.group == group)
                out += entry(command.name, command.description, column, width);
    }
    out += "\nOptions, before or after the command:\n" + options(program.options, width);
    return out + "\n" + program.footer + "\n";
}

std::string renderHelp(const CommandShape& command, std::size_t width)
{
    std::string out =
        fmt::format("mcpctl {0}: {1}\n\nUsage: mcpctl {0} [OPTION...]", command.words, command.description);
    for (const auto& argument : command.arguments)
        out += " " + usage(argument);
    out += "\n";
    if (!command.arguments.empty())
        out += "\n" + options(command.arguments, width);
    if (!command.commands.empty())
        out += "\nOr one of:\n" + commands(command.commands, width);
    out += "\nOptions (and those of every command, see `mcpctl --help`):\n" + options(command.options, width);
    return out + "\n" + command.examples + "\n";
}

}
