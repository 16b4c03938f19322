#include "app/completion.h"

#include <fmt/format.h>

namespace mcpctl
{

namespace
{

std::string names(const std::vector<CompletionOption>& options)
{
    std::string out;
    for (const auto& option : options)
        out += (out.empty() ? "" : " ") + option.name;
    return out;
}

std::string commandNames(const CompletionShape& shape)
{
    std::string out;
    for (const auto& command : shape.commands)
        out += (out.empty() ? "" : " ") + command.name;
    return out;
}

/// For a single-quoted string of a shell.
std::string quoted(const std::string& text)
{
    std::string out;
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return "'" + out + "'";
}

}

std::string bashCompletion(const CompletionShape& shape)
{
    std::string cases;
    for (const auto& command : shape.commands)
        cases += fmt::format("        {}) options={}; arguments={} ;;\n", command.name, quoted(names(command.options)),
                             quoted(fmt::format("{}", fmt::join(command.arguments, " "))));
    return fmt::format(R"(# bash completion for mcpctl:  source <(mcpctl completion bash)
_mcpctl() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} command='' options='' arguments='' each
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
                       fmt::arg("commands", commandNames(shape)), fmt::arg("global", names(shape.options)),
                       fmt::arg("cases", cases));
}

std::string zshCompletion(const CompletionShape& shape)
{
    std::string commands;
    std::string cases;
    for (const auto& command : shape.commands)
    {
        commands += "        " + quoted(command.name + ":" + command.description) + "\n";
        const auto arguments = command.arguments.empty()
                                   ? std::string("_files")
                                   : fmt::format("compadd -- {}", fmt::join(command.arguments, " "));
        cases += fmt::format("        {}) if [[ $PREFIX == -* ]]; then compadd -- {}; else {}; fi ;;\n", command.name,
                             names(command.options), arguments);
    }
    return fmt::format(R"(#compdef mcpctl
# zsh completion for mcpctl:  mcpctl completion zsh > "${{fpath[1]}}/_mcpctl"
_mcpctl() {{
    local -a commands
    commands=(
{commands}    )
    local command='' each
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
                       fmt::arg("commands", commands), fmt::arg("global", names(shape.options)),
                       fmt::arg("cases", cases));
}

std::string fishCompletion(const CompletionShape& shape)
{
    std::string out = "# fish completion for mcpctl:  mcpctl completion fish | source\n";
    const auto none = fmt::format("not __fish_seen_subcommand_from {}", commandNames(shape));
    const auto option = [](const CompletionOption& each) {
        return fmt::format("-l {} {}-d {}", each.name.substr(2), each.takesValue ? "-r " : "",
                           quoted(each.description));
    };
    for (const auto& each : shape.options)
        out += fmt::format("complete -c mcpctl {}\n", option(each));
    for (const auto& command : shape.commands)
    {
        const auto here = fmt::format("__fish_seen_subcommand_from {}", command.name);
        out += fmt::format("complete -c mcpctl -f -n {} -a {} -d {}\n", quoted(none), command.name,
                           quoted(command.description));
        for (const auto& each : command.options)
            out += fmt::format("complete -c mcpctl -n {} {}\n", quoted(here), option(each));
        if (!command.arguments.empty())
            out += fmt::format("complete -c mcpctl -f -n {} -a {}\n", quoted(here),
                               quoted(fmt::format("{}", fmt::join(command.arguments, " "))));
    }
    return out;
}

}
