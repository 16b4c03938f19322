#include "app/completion.h"

#include <fmt/format.h>

namespace mcpctl
{

namespace
{

std::string names(const std::vector<OptionShape>& options)
{
    std::string out;
    for (const auto& option : options)
        out += (out.empty() ? "" : " ") + option.name;
    return out;
}

std::string commandNames(const ProgramShape& program)
{
    std::string out;
    for (const auto& command : program.commands)
        out += (out.empty() ? "" : " ") + command.name;
    return out;
}

/// The commands below a command, and the words that its arguments may be, where there are not too many for that.
std::string argumentsOf(const CommandShape& command)
{
    std::vector<std::string> words;
    for (const auto& argument : command.arguments)
        words.insert(words.end(), argument.choices.begin(), argument.choices.end());
    for (const auto& below : command.commands)
        words.push_back(below.name);
    return fmt::format("{}", fmt::join(words, " "));
}

/// For a single-quoted string of a shell.
std::string quoted(const std::string& text)
{
    std::string out;
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return "'" + out + "'";
}

/// Every option of the program that is one of a few words, as `-o|--output` -> `text json`.
std::vector<std::pair<std::string, std::string>> choicesOf(const ProgramShape& program)
{
    std::vector<std::pair<std::string, std::string>> out;
    const auto add = [&out](const std::vector<OptionShape>& options)
    {
        for (const auto& option : options)
            if (!option.choices.empty())
                out.emplace_back((option.shortName.empty() ? "" : option.shortName + "|") + option.name,
                                 fmt::format("{}", fmt::join(option.choices, " ")));
    };
    add(program.options);
    for (const auto& command : program.commands)
        add(command.options);
    return out;
}

}

std::string bashCompletion(const ProgramShape& program)
{
    std::string cases;
    for (const auto& command : program.commands)
        cases += fmt::format("        {}) options={}; arguments={} ;;\n", command.name, quoted(names(command.options)),
                             quoted(argumentsOf(command)));
    std::string choices;
    for (const auto& [option, words] : choicesOf(program))
        choices +=
            fmt::format("        {}) COMPREPLY=($(compgen -W {} -- \"$word\")); return ;;\n", option, quoted(words));
    return fmt::format(R"(# bash completion for mcpctl:  source <(mcpctl completion bash)
_mcpctl() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} command='' options='' arguments='' each
    case ${{COMP_WORDS[COMP_CWORD-1]}} in
{choices}    esac
    for each in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case " {commands} " in *" $each "*) command=$each; break ;; esac
    done
    case $command in
        '') COMPREPLY=($(compgen -W '{commands} {global}' -- "$word")); return ;;
{cases}    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$options {global}" -- "$word"))
    elif [[ -n $arguments ]]; then
        COMPREPLY=($(compgen -W "$arguments" -- "$word"))
    else
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}}
complete -F _mcpctl mcpctl
)",
                       fmt::arg("choices", choices), fmt::arg("commands", commandNames(program)),
                       fmt::arg("global", names(program.options)), fmt::arg("cases", cases));
}

std::string zshCompletion(const ProgramShape& program)
{
    std::string commands;
    std::string cases;
    for (const auto& command : program.commands)
    {
        commands += "        " + quoted(command.name + ":" + command.description) + "\n";
        const auto words = argumentsOf(command);
        cases += fmt::format("        {}) if [[ $PREFIX == -* ]]; then compadd -- {}; else {}; fi ;;\n", command.name,
                             names(command.options), words.empty() ? "_files" : "compadd -- " + words);
    }
    std::string choices;
    for (const auto& [option, words] : choicesOf(program))
        choices += fmt::format("        {}) compadd -- {}; return ;;\n", option, words);
    return fmt::format(R"(#compdef mcpctl
# zsh completion for mcpctl:  mcpctl completion zsh > "${{fpath[1]}}/_mcpctl"
_mcpctl() {{
    local -a commands
    commands=(
{commands}    )
    local command='' each
    case ${{words[CURRENT-1]}} in
{choices}    esac
    for each in ${{words[2,CURRENT-1]}}; do
        if (( ${{commands[(I)$each:*]}} )); then command=$each; break; fi
    done
    if [[ $PREFIX == -* ]]; then compadd -- {global}; fi
    case $command in
        '') _describe command commands ;;
{cases}    esac
}}
compdef _mcpctl mcpctl
)",
                       fmt::arg("commands", commands), fmt::arg("choices", choices),
                       fmt::arg("global", names(program.options)), fmt::arg("cases", cases));
}

std::string fishCompletion(const ProgramShape& program)
{
    std::string out = "# fish completion for mcpctl:  mcpctl completion fish | source\n";
    const auto none = fmt::format("not __fish_seen_subcommand_from {}", commandNames(program));
    const auto option = [](const OptionShape& each)
    {
        const auto words = each.choices.empty()
                               ? ""
                               : fmt::format("-f -a {} ", quoted(fmt::format("{}", fmt::join(each.choices, " "))));
        return fmt::format("{}-l {} {}{}-d {}", each.shortName.empty() ? "" : "-s " + each.shortName.substr(1) + " ",
                           each.name.substr(2), each.value.empty() ? "" : "-r ", words, quoted(each.description));
    };
    for (const auto& each : program.options)
        out += fmt::format("complete -c mcpctl {}\n", option(each));
    for (const auto& command : program.commands)
    {
        const auto here = fmt::format("__fish_seen_subcommand_from {}", command.name);
        out += fmt::format("complete -c mcpctl -f -n {} -a {} -d {}\n", quoted(none), command.name,
                           quoted(command.description));
        for (const auto& each : command.options)
            out += fmt::format("complete -c mcpctl -n {} {}\n", quoted(here), option(each));
        if (const auto words = argumentsOf(command); !words.empty())
            out += fmt::format("complete -c mcpctl -f -n {} -a {}\n", quoted(here), quoted(words));
    }
    return out;
}

}
