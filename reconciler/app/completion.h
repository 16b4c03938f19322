#pragma once

#include <string>
#include <vector>

namespace mcpctl
{

/// The shape of the command line, as far as a shell can complete it.
struct CompletionOption
{
    std::string name; ///< with its dashes
    std::string description;
    bool takesValue = false;
};

struct CompletionCommand
{
    std::string name;
    std::string description;
    std::vector<CompletionOption> options;
    std::vector<std::string> arguments; ///< fixed choices; empty: files and folders
};

struct CompletionShape
{
    std::vector<CompletionOption> options; ///< of every command
    std::vector<CompletionCommand> commands;
};

std::string bashCompletion(const CompletionShape& shape);
std::string zshCompletion(const CompletionShape& shape);
std::string fishCompletion(const CompletionShape& shape);

}
