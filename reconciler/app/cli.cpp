#include "app/cli.h"

#include "app/commands.h"
#include "app/completion.h"
#include "app/help.h"
#include "app/report.h"
#include "app/run_guarded.h"
#include "app/signals.h"
#include "app/terminal.h"
#include "model/diagnostic.h"
#include "model/quantity.h"
#include "model/version.h"
#include "validate/schemas.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <unistd.h>

namespace mcpctl
{

namespace
{

struct CommandLine
{
    GlobalOptions global;
    ReconcileOptions reconcile;
    std::string schemaKind;
    std::string shell;
    bool yes = false;
    std::vector<std::string> instances;
    DescribeOptions describe;
    ConnectOptions connect;
};

using Run = std::function<ExitCode()>;

constexpr const char* instanceWords = "full name, PROFILE-INSTANCE, or the name within a profile where that is clear";

/// Declares the whole command line. `run` becomes what the chosen command does.
class Declaration
{
public:
    Declaration(CommandLine& line, Run& run) : line_(line), run_(run)
    {
        app_.description("mcpctl keeps MCP servers on a container engine in the state that YAML manifests declare.");
        app_.footer("Examples:\n"
                    "  mcpctl validate manifests/             is what is written right?\n"
                    "  mcpctl plan manifests/                 what would change?\n"
                    "  mcpctl apply manifests/                change it\n"
                    "  mcpctl status                          what runs?\n"
                    "Exit codes: 0 done, 1 something failed, 4 invalid manifests, 64 wrong command line,\n"
                    "69 engine unreachable; more in the README.");
        app_.fallthrough();
        app_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        app_.allow_extras(); // unexpectedWord() knows better words for them
        app_.set_help_flag("-h,--help", "this help, or that of the command");
        app_.set_version_flag("--version", "mcpctl " + std::string(version), "the version of mcpctl");
        app_.formatter_fn([this](const CLI::App* app, const std::string&, CLI::AppFormatMode) { return helpOf(*app); });
        globalOptions();
        group_ = "From manifests to running servers";
        readingCommands();
        actingCommands();
        group_ = "Servers that run";
        runningCommands();
        group_ = "And";
        otherCommands();
    }

    CLI::App& app() { return app_; }
    std::string help() const { return helpOf(app_); }
    void use(Signals& signals) { signals_ = &signals; }

    /// After parsing: what is wrong with a word that nothing on the command line expects; empty if there is none.
    std::string unexpectedWord() const
    {
        const auto words = app_.remaining(true);
        if (words.empty())
            return "";
        const auto& word = words.front();
        const auto commands = app_.get_subcommands();
        const auto hint = [&word](const std::vector<std::string>& known)
        {
            const auto near = nearest(word.substr(0, word.find('=')), known);
            return near.empty() ? std::string() : fmt::format("; did you mean `{}`?", near);
        };
        if (word.starts_with('-'))
        {
            auto known = names(optionsOf(app_));
            if (!commands.empty())
                for (const auto& name : names(optionsOf(*commands.front())))
                    known.push_back(name);
            return fmt::format("there is no option `{}`{}", word, hint(known));
        }
        if (!commands.empty())
            return fmt::format("`{}` takes no argument `{}`", commands.front()->get_name(), word);
        return fmt::format("there is no command `{}`{}", word, hint(names(shapeOf().commands)));
    }

private:
    void globalOptions()
    {
        auto& global = line_.global;
        app_.add_option("-p,--project", global.project,
                        "the scope that owns and prunes (default mcpctl, or $MCPCTL_PROJECT)")
            ->envname("MCPCTL_PROJECT")
            ->check(projectName())
            ->type_name("NAME");
        app_.add_option("-H,--host", global.host,
                        "the engine, as unix:///var/run/docker.sock (default: the one that docker would use)")
            ->type_name("URL");
        choice<OutputFormat>(app_, "-o,--output", "FORMAT", "text (default) or json", global.output,
                             {{"text", OutputFormat::text}, {"json", OutputFormat::json}});
        choice<LogLevel>(app_, "--log-level", "LEVEL", "how much to tell: error, warning, info (default) or debug",
                         global.logLevel,
                         {{"error", LogLevel::error},
                          {"warning", LogLevel::warning},
                          {"info", LogLevel::info},
                          {"debug", LogLevel::debug}});
        app_.add_option("--secrets", global.secretsFolder,
                        "folder with one file for each secret (default /run/secrets, or $MCPCTL_SECRETS)")
            ->envname("MCPCTL_SECRETS")
            ->type_name("DIR");
        app_.add_flag("--stats", global.stats, "tell the engine calls and bytes at the end");
    }

    void readingCommands()
    {
        auto* validate = command("validate", "check manifests: syntax, schema, references, security policy",
                                 "  mcpctl validate manifests/\n  cat server.yaml | mcpctl validate -",
                                 [this] { return validateCommand(line_.global, line_.reconcile.paths); });
        paths(validate);

        auto* plan = command("plan", "show what apply would change, and change nothing",
                             "  mcpctl plan manifests/\n  mcpctl plan manifests/ --detailed-exitcode -o json\n"
                             "  mcpctl plan manifests/ --out plan.json && mcpctl apply plan.json",
                             [this] { return planCommand(line_.global, line_.reconcile); });
        paths(plan);
        scope(plan);
        plan->add_flag("--detailed-exitcode", line_.reconcile.detailedExitCode,
                       "exit with 2 when changes are pending, 3 when there is only drift");
        plan->add_option("--out", line_.reconcile.saveTo, "save the plan for `apply FILE`")->type_name("FILE");
    }

    void runningCommands()
    {
        command("status", "show the instances of the project", "  mcpctl status\n  mcpctl status -o json",
                [this] { return statusCommand(line_.global); });

        auto* describe = command("describe", "tell everything about one instance",
                                 "  mcpctl describe dev-memory\n"
                                 "  mcpctl describe mcpctl-dev-memory manifests/   and what a plan would change for it",
                                 [this] { return describeCommand(line_.global, line_.describe); });
        describe->add_option("INSTANCE", line_.describe.instance, instanceWords)->required();
        describe->add_option("PATH", line_.describe.paths, "manifests to compare it with")
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        lifecycleCommands();
        connectCommand();
    }

    void lifecycleCommands()
    {
        lifecycle(LifecycleVerb::restart, "stop instances within their grace period, and start them again",
                  "  mcpctl restart dev-memory");
        lifecycle(LifecycleVerb::stop, "stop instances, until they are started or the next apply",
                  "  mcpctl stop dev-memory dev-fetch");
        lifecycle(LifecycleVerb::start, "start instances that were stopped", "  mcpctl start dev-memory");
    }

    void lifecycle(LifecycleVerb verb, const std::string& what, const std::string& examples)
    {
        auto* added =
            command(std::string(toString(verb)), what,
                    examples + "\nThe next apply restores what the manifests declare; `enabled: false` in a "
                               "profile keeps a server stopped.",
                    [this, verb]
                    {
                        LifecycleOptions options;
                        const auto& given = line_.reconcile;
                        options.wait.reset();
                        if (given.wait)
                            options.wait = ReadyWatcher::Times{given.settle, given.readyTimeout};
                        return lifecycleCommand(line_.global, verb, line_.instances, options, signals_->stopToken());
                    });
        instances(added)->required();
        if (verb != LifecycleVerb::stop)
            waiting(added);
    }

    void connectCommand()
    {
        auto& options = line_.connect;
        auto* connect = command("connect-config", "print what an MCP client needs to reach the servers that run",
                                "  mcpctl connect-config --client claude-code > .mcp.json\n"
                                "  mcpctl connect-config --client vscode --profile research\n"
                                "  mcpctl connect-config --client codex dev-memory",
                                [this] { return connectConfigCommand(line_.global, line_.connect); });
        choice<ConnectClient>(*connect, "--client", "CLIENT",
                              fmt::format("{}", fmt::join(words(connectClients()), ", ")), options.client,
                              connectClients())
            ->required();
        connect->add_option("--profile", options.profile, "only instances of this profile")->type_name("NAME");
        connect
            ->add_option("--command", options.command, "how the client calls mcpctl (default: by this program's path)")
            ->type_name("NAME");
        connect->add_option("INSTANCE", options.instances, instanceWords)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    void actingCommands()
    {
        auto* apply = command("apply", "make the engine what the manifests declare",
                              "  mcpctl apply manifests/\n  mcpctl apply plan.json\n"
                              "  mcpctl apply manifests/ --profile research --no-wait",
                              [this] { return applyCommand(line_.global, line_.reconcile, signals_->stopToken()); });
        paths(apply);
        scope(apply);
        apply->add_flag("--dry-run", line_.reconcile.dryRun, "only show the plan");
        waiting(apply);

        auto* destroy = command("destroy", "remove everything of the project; volumes stay",
                                "  mcpctl destroy\n  mcpctl --project demo destroy --yes",
                                [this] { return destroyCommand(line_.global, line_.yes, signals_->stopToken()); });
        destroy->add_flag("-y,--yes", line_.yes, "do not ask");
    }

    void otherCommands()
    {
        auto* schema = command("schema", "print the JSON schema of a kind of manifest",
                               "  mcpctl schema\n  mcpctl schema McpServer > McpServer.schema.json",
                               [this] { return schemaCommand(line_.schemaKind); });
        auto* kind = schema->add_option("KIND", line_.schemaKind, "the kind of manifest; without one, all are listed");
        for (const auto& [name, text] : embeddedSchemas())
            choices_[kind].emplace_back(name);

        command("doctor", "check that this machine and its engine can do what mcpctl needs", "  mcpctl doctor",
                [this] { return doctorCommand(line_.global); });

        auto* completion = command("completion", "print a completion script for a shell",
                                   "  source <(mcpctl completion bash)", [this] { return completionScript(); });
        choice<std::string>(*completion, "SHELL", "", "bash, zsh or fish", line_.shell,
                            {{"bash", "bash"}, {"zsh", "zsh"}, {"fish", "fish"}})
            ->required();

        command("version", "print the version of mcpctl and of the engine", "  mcpctl version -o json",
                [this] { return versionCommand(line_.global); });
    }

    CLI::App* command(const std::string& name, const std::string& what, const std::string& examples, Run run)
    {
        auto* added = app_.add_subcommand(name, what);
        added->group(group_);
        added->set_help_flag("-h,--help", "this help");
        added->footer("Examples:\n" + examples);
        added->callback([this, run = std::move(run)] { run_ = run; });
        return added;
    }

    void paths(CLI::App* to)
    {
        to->add_option("PATH", line_.reconcile.paths, "folders with manifests, files, or - for standard input")
            ->required()
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    CLI::Option* instances(CLI::App* to)
    {
        return to->add_option("INSTANCE", line_.instances, instanceWords)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    void waiting(CLI::App* to)
    {
        auto& options = line_.reconcile;
        to->add_flag("!--no-wait", options.wait, "do not wait until started servers are ready");
        duration(to, "--settle-time", options.settle, "how long a server must run to count as ready");
        duration(to, "--ready-timeout", options.readyTimeout, "when to give up waiting for a server");
    }

    void scope(CLI::App* to)
    {
        auto& options = line_.reconcile;
        each(to->add_option("--profile", options.profiles, "only instances of this profile; never prunes"));
        each(to->add_option("--server", options.servers, "only instances of this server; never prunes"));
        to->add_flag("!--no-prune", options.prune, "keep what is no longer declared");
        to->add_option("--prune-max", options.pruneMax, "how many instances may be removed at once")->type_name("N");
        to->add_flag("--allow-empty", options.allowEmpty, "manifests without any instance may remove everything");
    }

    /// An option that may come several times, with one value each: what follows is a path again.
    static void each(CLI::Option* option)
    {
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false)->type_name("NAME");
    }

    template <typename Value>
    static std::vector<std::string> words(const std::vector<std::pair<std::string, Value>>& choices)
    {
        std::vector<std::string> out;
        out.reserve(choices.size());
        for (const auto& [word, meaning] : choices)
            out.push_back(word);
        return out;
    }

    /// An option, or an argument, that is one of a few words.
    template <typename Value>
    CLI::Option* choice(CLI::App& to, const std::string& names, const std::string& type, const std::string& what,
                        Value& value, const std::vector<std::pair<std::string, Value>>& choices)
    {
        auto* option = to.add_option_function<std::string>(
            names,
            [&value, choices, names, words = words(choices)](const std::string& text)
            {
                const auto found = std::find(words.begin(), words.end(), text);
                if (found == words.end())
                    throw CLI::ValidationError(names.substr(names.find(',') + 1),
                                               fmt::format("`{}` is none of {}", text, fmt::join(words, ", ")));
                value = choices[static_cast<std::size_t>(found - words.begin())].second;
            },
            what);
        choices_[option] = words(choices);
        return option->type_name(type);
    }

    static void duration(CLI::App* to, const std::string& name, std::chrono::milliseconds& value,
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

    static CLI::Validator projectName()
    {
        return CLI::Validator(
            [](const std::string& name) -> std::string
            {
                const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
                const bool good = !name.empty() && name.size() <= 40 && letter(name.front()) && letter(name.back()) &&
                                  std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || c == '-'; });
                return good ? "" : name + " is no project name: a-z, 0-9 and - within, at most 40 characters";
            },
            "NAME");
    }

    ExitCode completionScript()
    {
        const auto shape = shapeOf();
        print(line_.shell == "bash"  ? bashCompletion(shape)
              : line_.shell == "zsh" ? zshCompletion(shape)
                                     : fishCompletion(shape));
        return ExitCode::done;
    }

    OptionShape shapeOf(const CLI::Option& option) const
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

    std::vector<OptionShape> optionsOf(const CLI::App& app, bool positional = false) const
    {
        std::vector<OptionShape> out;
        for (const auto* option : app.get_options())
            if (option->get_positional() == positional)
                out.push_back(shapeOf(*option));
        return out;
    }

    CommandShape shapeOf(const CLI::App& command) const
    {
        return {command.get_name(),   command.get_description(), command.get_group(),
                command.get_footer(), optionsOf(command),        optionsOf(command, true)};
    }

    ProgramShape shapeOf() const
    {
        ProgramShape shape{app_.get_description(), app_.get_footer(), optionsOf(app_), {}};
        for (const auto* each : app_.get_subcommands([](const CLI::App*) { return true; }))
            shape.commands.push_back(shapeOf(*each));
        return shape;
    }

    template <typename Shape>
    static std::vector<std::string> names(const std::vector<Shape>& shapes)
    {
        std::vector<std::string> out;
        out.reserve(shapes.size());
        for (const auto& shape : shapes)
            out.push_back(shape.name);
        return out;
    }

    std::string helpOf(const CLI::App& app) const
    {
        const auto width = isTerminal(STDOUT_FILENO) ? terminalWidth(STDOUT_FILENO) : 100;
        return &app == &app_ ? renderHelp(shapeOf(), width) : renderHelp(shapeOf(app), width);
    }

    CLI::App app_{"", "mcpctl"};
    CommandLine& line_;
    Run& run_;
    Signals* signals_ = nullptr;
    std::string group_;
    std::map<const CLI::Option*, std::vector<std::string>> choices_;
};

int usageError(const std::string& what)
{
    say(fmt::format("mcpctl: {}\nrun `mcpctl --help`, or `mcpctl COMMAND --help`\n", what));
    return static_cast<int>(ExitCode::usage);
}

}

int runCommandLine(int argc, char** argv)
{
    CommandLine line;
    Run run;
    Declaration declaration(line, run);
    auto& app = declaration.app();
    try
    {
        app.parse(argc, argv);
    }
    catch (const CLI::Success& success) // --help, --version
    {
        return app.exit(success);
    }
    catch (const CLI::ParseError& error)
    {
        const auto unexpected = declaration.unexpectedWord();
        return usageError(unexpected.empty() ? error.what() : unexpected);
    }
    if (const auto unexpected = declaration.unexpectedWord(); !unexpected.empty())
        return usageError(unexpected);
    if (!run)
    {
        say(declaration.help());
        return static_cast<int>(ExitCode::usage);
    }
    Signals signals;
    declaration.use(signals);
    return runGuarded(run);
}

}
