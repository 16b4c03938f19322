#include "app/cli.h"

#include "app/command_line.h"
#include "app/commands.h"
#include "app/completion.h"
#include "app/history_command.h"
#include "app/report.h"
#include "app/run_guarded.h"
#include "app/signals.h"
#include "validate/schemas.h"

namespace mcpctl
{

namespace
{

/// All that a command line can say.
struct Given
{
    GlobalOptions global;
    ReconcileOptions reconcile;
    StatusOptions status;
    LogsOptions logs;
    ObserveOptions observe;
    HistoryOptions history;
    DescribeOptions describe;
    ConnectOptions connect;
    std::vector<std::string> instances;
    std::string instance;
    bool steal = false;
    bool yes = false;
    std::string schemaKind;
    std::string shell;
};

constexpr const char* instanceWords = "full name, PROFILE-INSTANCE, or the name within a profile where that is clear";

/// Declares the whole command line. `run` becomes what the chosen command does.
class Declaration
{
public:
    Declaration(Given& given, Run& run)
        : given_(given),
          builder_("mcpctl keeps MCP servers on a container engine in the state that YAML manifests declare.",
                   "Examples:\n"
                   "  mcpctl validate manifests/             is what is written right?\n"
                   "  mcpctl plan manifests/                 what would change?\n"
                   "  mcpctl apply manifests/                change it\n"
                   "  mcpctl status                          what runs?\n"
                   "Exit codes: 0 done, 1 something failed, 4 invalid manifests, 64 wrong command line,\n"
                   "69 engine unreachable; more in the README.",
                   run)
    {
        globalOptions();
        builder_.group("From manifests to running servers");
        readingCommands();
        actingCommands();
        builder_.group("Servers that run");
        statusCommands();
        logsCommand();
        eventsCommand();
        statsCommand();
        attachCommand();
        lifecycleCommands();
        connectCommand();
        builder_.group("And");
        historyCommands();
        otherCommands();
    }

    CommandLineBuilder& builder() { return builder_; }
    void use(Signals& signals) { signals_ = &signals; }

    /// After parsing: what is wrong with the options together; empty if nothing is.
    std::string contradiction()
    {
        return given_.global.output == OutputFormat::wide && !builder_.app().got_subcommand("status")
                   ? "--output: wide is for `status` alone"
                   : "";
    }

private:
    void globalOptions()
    {
        auto& app = builder_.app();
        auto& global = given_.global;
        app.add_option("-p,--project", global.project,
                       "the scope that owns and prunes (default mcpctl, or $MCPCTL_PROJECT)")
            ->envname("MCPCTL_PROJECT")
            ->check(projectName())
            ->type_name("NAME");
        app.add_option("-H,--host", global.host,
                       "the engine, as unix:///var/run/docker.sock (default: the one that docker would use)")
            ->type_name("URL");
        builder_.choice<OutputFormat>(
            app, "-o,--output", "FORMAT", "text (default) or json; for status also wide", global.output,
            {{"text", OutputFormat::text}, {"json", OutputFormat::json}, {"wide", OutputFormat::wide}});
        builder_.choice<LogLevel>(app, "--log-level", "LEVEL",
                                  "how much to tell: error, warning, info (default) or debug", global.logLevel,
                                  {{"error", LogLevel::error},
                                   {"warning", LogLevel::warning},
                                   {"info", LogLevel::info},
                                   {"debug", LogLevel::debug}});
        app.add_option("--secrets", global.secretsFolder,
                       "folder with one file for each secret (default /run/secrets, or $MCPCTL_SECRETS)")
            ->envname("MCPCTL_SECRETS")
            ->type_name("DIR");
        app.add_option("--history", global.history,
                       "where runs are recorded: a file, sqlite:///FILE, postgresql://..., none (or $MCPCTL_HISTORY)")
            ->envname("MCPCTL_HISTORY")
            ->type_name("WHERE");
        app.add_flag_callback(
            "--no-history", [&global] { global.history = "none"; }, "record nothing");
        app.add_flag("--stats", global.stats, "tell the engine calls and bytes at the end");
    }

    void readingCommands()
    {
        auto* validate = command("validate", "check manifests: syntax, schema, references, security policy",
                                 "  mcpctl validate manifests/\n  cat server.yaml | mcpctl validate -",
                                 [this] { return validateCommand(given_.global, given_.reconcile.paths); });
        paths(validate);

        auto* plan = command("plan", "show what apply would change, and change nothing",
                             "  mcpctl plan manifests/\n  mcpctl plan manifests/ --detailed-exitcode -o json\n"
                             "  mcpctl plan manifests/ --out plan.json && mcpctl apply plan.json",
                             [this] { return planCommand(given_.global, given_.reconcile); });
        paths(plan);
        scope(plan);
        plan->add_flag("--detailed-exitcode", given_.reconcile.detailedExitCode,
                       "exit with 2 when changes are pending, 3 when there is only drift");
        plan->add_option("--out", given_.reconcile.saveTo, "save the plan for `apply FILE`")->type_name("FILE");
    }

    void actingCommands()
    {
        auto* apply = command("apply", "make the engine what the manifests declare",
                              "  mcpctl apply manifests/\n  mcpctl apply plan.json\n"
                              "  mcpctl apply manifests/ --profile research --no-wait",
                              [this] { return applyCommand(given_.global, given_.reconcile, signals_->stopToken()); });
        paths(apply);
        scope(apply);
        apply->add_flag("--dry-run", given_.reconcile.dryRun, "only show the plan");
        waiting(apply);

        auto* destroy = command("destroy", "remove everything of the project; volumes stay",
                                "  mcpctl destroy\n  mcpctl --project demo destroy --yes",
                                [this] { return destroyCommand(given_.global, given_.yes, signals_->stopToken()); });
        destroy->add_flag("-y,--yes", given_.yes, "do not ask");
    }

    void statusCommands()
    {
        auto* status = command("status", "show the instances of the project",
                               "  mcpctl status\n"
                               "  mcpctl status -o wide               what their servers say of themselves\n"
                               "  mcpctl status -o json --probe",
                               [this] { return statusCommand(given_.global, given_.status); });
        status->add_flag("--probe", given_.status.probe,
                         "ask each server now whether it speaks MCP; -o wide does so too");

        auto* describe = command("describe", "tell everything about one instance",
                                 "  mcpctl describe dev-memory\n"
                                 "  mcpctl describe mcpctl-dev-memory manifests/   and what a plan would change for it",
                                 [this] { return describeCommand(given_.global, given_.describe); });
        describe->add_option("INSTANCE", given_.describe.instance, instanceWords)->required();
        CommandLineBuilder::many(describe->add_option("PATH", given_.describe.paths, "manifests to compare it with"));
    }

    void logsCommand()
    {
        auto& options = given_.logs;
        auto* logs = looking("logs", "show what instances log",
                             "  mcpctl logs memory\n  mcpctl logs --all --since 10m -f\n"
                             "  mcpctl logs --profile research --tail 100 -o json",
                             [this] { return mcpctl::logsCommand(given_.global, given_.logs, signals_->stopToken()); });
        instances(logs, options.instances);
        CommandLineBuilder::each(logs->add_option("--profile", options.profiles, "all instances of this profile"));
        logs->add_flag("--all", options.all, "all instances of the project");
        auto* follow = logs->add_flag("-f,--follow", options.follow,
                                      "go on with what is logged from now on, also after a restart or a replace");
        logs->add_option("--tail", options.tail, "only so many last lines of each instance")
            ->check(CLI::NonNegativeNumber)
            ->type_name("LINES");
        since(logs, options.since, "only from then on: 10m ago, or a time as 2026-02-28T09:30:00Z");
        until(logs, options.until, "only up to then, likewise")->excludes(follow);
        logs->add_flag("--timestamps", options.timestamps, "begin each line with its time");
        logs->add_flag("--stdout", options.withStdout, "show the stdout of stdio servers too: it is protocol traffic");
    }

    void eventsCommand()
    {
        auto* events =
            looking("events", "follow what happens to the instances of the project",
                    "  mcpctl events\n  mcpctl events --since 10m research-memory\n"
                    "  mcpctl events --since 1h --until 0s -o json",
                    [this] { return mcpctl::eventsCommand(given_.global, given_.observe, signals_->stopToken()); });
        since(events, given_.observe.since, "begin with what the engine remembers: 10m ago, or a time");
        until(events, given_.observe.until, "end then, likewise");
        instances(events, given_.observe.instances);
    }

    void statsCommand()
    {
        auto* stats =
            looking("stats", "show what the running instances use",
                    "  mcpctl stats\n  mcpctl stats --no-stream -o json research-memory",
                    [this] { return mcpctl::statsCommand(given_.global, given_.observe, signals_->stopToken()); });
        stats->add_flag("!--no-stream", given_.observe.stream, "measure once");
        CommandLineBuilder::duration(stats, "--interval", given_.observe.interval, "how often to measure");
        instances(stats, given_.observe.instances);
    }

    void attachCommand()
    {
        auto* attach =
            command("attach", "be the client of a stdio server: its stdin and stdout are these",
                    "  mcpctl attach research-memory\n  mcpctl attach mcpctl-research-memory --steal",
                    [this] { return mcpctl::attachCommand(given_.global, given_.instance, given_.steal, *signals_); });
        attach->add_option("INSTANCE", given_.instance, instanceWords)->required();
        attach->add_flag("--steal", given_.steal, "end the session of the client that is attached now");
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
                        const auto& given = given_.reconcile;
                        options.wait.reset();
                        if (given.wait)
                            options.wait = ReadyWatcher::Times{given.settle, given.readyTimeout};
                        return lifecycleCommand(given_.global, verb, given_.instances, options, signals_->stopToken());
                    });
        instances(added, given_.instances)->required();
        if (verb != LifecycleVerb::stop)
            waiting(added);
    }

    void connectCommand()
    {
        auto& options = given_.connect;
        auto* connect = command("connect-config", "print what an MCP client needs to reach the servers that run",
                                "  mcpctl connect-config --client claude-code > .mcp.json\n"
                                "  mcpctl connect-config --client vscode --profile research\n"
                                "  mcpctl connect-config --client codex dev-memory",
                                [this] { return connectConfigCommand(given_.global, given_.connect); });
        builder_
            .choice<ConnectClient>(*connect, "--client", "CLIENT",
                                   fmt::format("{}", fmt::join(wordsOf(connectClients()), ", ")), options.client,
                                   connectClients())
            ->required();
        connect->add_option("--profile", options.profile, "only instances of this profile")->type_name("NAME");
        connect
            ->add_option("--command", options.command, "how the client calls mcpctl (default: by this program's path)")
            ->type_name("NAME");
        instances(connect, options.instances);
    }

    void historyCommands()
    {
        auto& options = given_.history;
        const auto bind = [this](auto* run) { return [this, run] { return run(given_.global, given_.history); }; };
        auto* history = command("history", "show what runs did, and why",
                                "  mcpctl history --since 7d\n  mcpctl history mcpctl-research-memory\n"
                                "  mcpctl history show 01987a3c-5e1f\n  mcpctl history why mcpctl-research-memory\n"
                                "  mcpctl history prune --keep 90d",
                                bind(historyCommand));
        history->add_option("--since", options.since, "from then on: 7d, 12h, or a time as 2026-03-01T09:30:00Z")
            ->type_name("TIME");
        history->add_option("--limit", options.limit, "how many runs, the newest first (default 20)")->type_name("N");
        history->add_option("INSTANCE", options.instance, "only runs that had to do with it");

        auto* show = builder_.command("show", "show one run with all its changes",
                                      "  mcpctl history show 01987a3c-5e1f", bind(historyShowCommand), history);
        show->add_option("RUN", options.run, "its id, or how it starts")->required();
        auto* why = builder_.command("why", "show what made an instance look as it does",
                                     "  mcpctl history why mcpctl-research-memory", bind(historyWhyCommand), history);
        why->add_option("INSTANCE", options.instance, "the full name, as `mcpctl status` shows it")->required();
        auto* prune = builder_.command("prune", "forget what is older", "  mcpctl history prune --keep 90d",
                                       bind(historyPruneCommand), history);
        prune->add_option("--keep", options.keep, "how much stays, as 90d")->required()->type_name("DURATION");
    }

    void otherCommands()
    {
        auto* schema = command("schema", "print the JSON schema of a kind of manifest",
                               "  mcpctl schema\n  mcpctl schema McpServer > McpServer.schema.json",
                               [this] { return schemaCommand(given_.schemaKind); });
        auto* kind = schema->add_option("KIND", given_.schemaKind, "the kind of manifest; without one, all are listed");
        std::vector<std::string> kinds;
        for (const auto& [name, text] : embeddedSchemas())
            kinds.emplace_back(name);
        builder_.suggest(kind, std::move(kinds));

        command("doctor", "check that this machine and its engine can do what mcpctl needs", "  mcpctl doctor",
                [this] { return doctorCommand(given_.global); });

        auto* completion = command("completion", "print a completion script for a shell",
                                   "  source <(mcpctl completion bash)", [this] { return completionScript(); });
        builder_
            .choice<std::string>(*completion, "SHELL", "", "bash, zsh or fish", given_.shell,
                                 {{"bash", "bash"}, {"zsh", "zsh"}, {"fish", "fish"}})
            ->required();

        command("version", "print the version of mcpctl and of the engine", "  mcpctl version -o json",
                [this] { return versionCommand(given_.global); });
    }

    CLI::App* command(const std::string& name, const std::string& what, const std::string& examples, Run run)
    {
        return builder_.command(name, what, examples, std::move(run));
    }

    /// A command in whose hands nothing is half done when a signal comes.
    CLI::App* looking(const std::string& name, const std::string& what, const std::string& examples, Run run)
    {
        return command(name, what, examples,
                       [this, run = std::move(run)]
                       {
                           signals_->beQuiet();
                           return run();
                       });
    }

    void paths(CLI::App* to)
    {
        CommandLineBuilder::many(
            to->add_option("PATH", given_.reconcile.paths, "folders with manifests, files, or - for standard input")
                ->required());
    }

    static CLI::Option* instances(CLI::App* to, std::vector<std::string>& instances)
    {
        return CommandLineBuilder::many(to->add_option("INSTANCE", instances, instanceWords));
    }

    static CLI::Option* since(CLI::App* to, std::optional<std::string>& time, const std::string& what)
    {
        return to->add_option("--since", time, what)->type_name("TIME");
    }

    static CLI::Option* until(CLI::App* to, std::optional<std::string>& time, const std::string& what)
    {
        return to->add_option("--until", time, what)->type_name("TIME");
    }

    void waiting(CLI::App* to)
    {
        auto& options = given_.reconcile;
        to->add_flag("!--no-wait", options.wait, "do not wait until started servers are ready");
        CommandLineBuilder::duration(to, "--settle-time", options.settle,
                                     "how long a server must run to count as ready");
        CommandLineBuilder::duration(to, "--ready-timeout", options.readyTimeout,
                                     "when to give up waiting for a server");
    }

    void scope(CLI::App* to)
    {
        auto& options = given_.reconcile;
        CommandLineBuilder::each(
            to->add_option("--profile", options.profiles, "only instances of this profile; never prunes"));
        CommandLineBuilder::each(
            to->add_option("--server", options.servers, "only instances of this server; never prunes"));
        to->add_flag("!--no-prune", options.prune, "keep what is no longer declared");
        to->add_option("--prune-max", options.pruneMax, "how many instances may be removed at once")->type_name("N");
        to->add_flag("--allow-empty", options.allowEmpty, "manifests without any instance may remove everything");
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
        const auto shape = builder_.shape();
        print(given_.shell == "bash"  ? bashCompletion(shape)
              : given_.shell == "zsh" ? zshCompletion(shape)
                                      : fishCompletion(shape));
        return ExitCode::done;
    }

    Given& given_;
    CommandLineBuilder builder_;
    Signals* signals_ = nullptr;
};

int usageError(const std::string& what)
{
    say(fmt::format("mcpctl: {}\nrun `mcpctl --help`, or `mcpctl COMMAND --help`\n", what));
    return static_cast<int>(ExitCode::usage);
}

}

int runCommandLine(int argc, char** argv)
{
    Given given;
    Run run;
    Declaration declaration(given, run);
    auto& builder = declaration.builder();
    std::string wrong;
    try
    {
        builder.app().parse(argc, argv);
    }
    catch (const CLI::Success& success) // --help, --version
    {
        return builder.app().exit(success);
    }
    catch (const CLI::ParseError& error)
    {
        wrong = error.what();
    }
    if (const auto unexpected = builder.unexpectedWord(); !unexpected.empty())
        wrong = unexpected;
    if (wrong.empty())
        wrong = declaration.contradiction();
    if (!wrong.empty())
        return usageError(wrong);
    if (!run)
    {
        say(builder.help());
        return static_cast<int>(ExitCode::usage);
    }
    Signals signals;
    declaration.use(signals);
    return runGuarded(run);
}

}
