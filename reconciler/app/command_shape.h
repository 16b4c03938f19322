#pragma once

#include <string>
#include <vector>

/// The shape of the command line, as far as help and completion need to know it.
namespace mcpctl
{

struct OptionShape
{
    std::string name;      ///< with its dashes; of an argument: `PATH`
    std::string shortName; ///< with its dash; may be empty
    std::string value;     ///< what its value is called; empty: a flag
    std::string description;
    std::vector<std::string> choices; ///< empty: anything
    bool required = false;
    bool many = false; ///< takes more than one value
};

struct CommandShape
{
    std::string name;
    std::string words; ///< as one writes it, with the commands above
    std::string description;
    std::string group; ///< the heading that it stands under
    std::string examples;
    std::vector<OptionShape> options;
    std::vector<OptionShape> arguments; ///< by position
    std::vector<CommandShape> commands; ///< below it
};

struct ProgramShape
{
    std::string description;
    std::string footer;
    std::vector<OptionShape> options; ///< of every command
    std::vector<CommandShape> commands;
};

}
