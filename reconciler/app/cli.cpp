#include "app/cli.h"

#include "app/commands.h"
#include "app/completion.h"
#include "app/history_command.h"
#include "app/lock.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "app/saved_plan.h"
#include "app/signals.h"
#include "model/diagnostic.h"
#include "model/quantity.h"
#include "model/version.h"
#include "orchestrator/error.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

namespace mcpctl
{

namespace
{

struct CommandLine
{
    GlobalOptions global;
    ReconcileOptions reconcile;
    LogsOptions logs;
    ObserveOptions observe;
    HistoryOptions history;
    StatusOptions status;
    std::string schemaKind;
    std::string shell;
    bool yes = false;
    std::string instance;
    bool steal = false;
};

using Run = std::function<ExitCode()>;

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
        app_.require_subcommand(1);
        app_.set_version_flag("--version", "mcpctl " + std::string(version));
        globalOptions();
        readingCommands();
        logsCommands();
        statusCommands();
        actingCommands();
        attachCommands();
        observingCommands();
        historyCommands();
        otherCommands();
    }

    CLI::App& app() { return app_; }

    /// What options together mean, once they are parsed. Throws CLI::ParseError.
    void check() const
    {
        if (line_.global.output == OutputFormat::wide && !app_.got_subcommand("status"))
            throw CLI::ValidationError("--output", "wide is for `status` alone");
    }

private:
    void globalOptions()
    {
        auto& global = line_.global;
        app_.add_option("-p,--project", global.project, "the scope that owns and prunes")
            ->envname("MCPCTL_PROJECT")
            ->capture_default_str()
            ->check(projectName());
        app_.add_option("-H,--host", global.host, "the engine, as unix:///var/run/docker.sock; default: as docker's");
        static const std::map<std::string, OutputFormat> formats{
            {"text", OutputFormat::text}, {"json", OutputFormat::json}, {"wide", OutputFormat::wide}};
        app_.add_option("-o,--output", global.output, "text or json; for status also wide")
            ->transform(CLI::Transformer(formats));
        app_.add_option("--secrets", global.secretsFolder, "folder with one file per secret")
            ->envname("MCPCTL_SECRETS")
            ->capture_default_str();
        app_.add_option("--history", global.history,
                        "where runs are recorded: a file, sqlite:///FILE, postgresql://..., none")
            ->envname("MCPCTL_HISTORY");
        app_.add_flag_callback(
            "--no-history", [&global] { global.history = "none"; }, "record nothing");
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
        plan->add_option("--out", line_.reconcile.saveTo, "save the plan for `apply FILE`");
    }

    void statusCommands()
    {
        auto* status = command("status", "show the instances of the project",
                               "  mcpctl status\n  mcpctl status -o wide               what their servers say of "
                               "themselves\n  mcpctl status -o json --probe",
                               [this] { return statusCommand(line_.global, line_.status); });
        status->add_flag("--probe", line_.status.probe,
                         "ask each server now whether it speaks MCP; -o wide does so too");
    }

    void logsCommands()
    {
        auto& options = line_.logs;
        auto* logs = command("logs", "show what instances log",
                             "  mcpctl logs memory\n  mcpctl logs --all --since 10m -f\n"
                             "  mcpctl logs --profile research --tail 100 -o json",
                             [this, &options]
                             {
                                 signals_->beQuiet();
                                 return logsCommand(line_.global, options, signals_->stopToken());
                             });
        logs->add_option("INSTANCE", options.instances,
                         "by full name, PROFILE-INSTANCE, or INSTANCE where it is unique")
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        each(logs->add_option("--profile", options.profiles, "all instances of this profile"));
        logs->add_flag("--all", options.all, "all instances of the project");
        auto* follow = logs->add_flag("-f,--follow", options.follow,
                                      "go on with what is logged from now on, also after a restart or a replace");
        logs->add_option("--tail", options.tail, "only so many last lines of each instance")
            ->check(CLI::NonNegativeNumber)
            ->type_name("LINES");
        logs->add_option("--since", options.since, "only from then on: 10m ago, or a time as 2026-02-28T09:30:00Z")
            ->type_name("TIME");
        logs->add_option("--until", options.until, "only up to then, likewise")->type_name("TIME")->excludes(follow);
        logs->add_flag("--timestamps", options.timestamps, "begin each line with its time");
        logs->add_flag("--stdout", options.withStdout, "show the stdout of stdio servers too: it is protocol traffic");
    }

    void actingCommands()
    {
        auto* apply = command("apply", "make the engine what the manifests declare",
                              "  mcpctl apply manifests/\n  mcpctl apply plan.json\n"
                              "  mcpctl apply manifests/ --profile research --no-wait",
                              [this] { return applyCommand(line_.global, line_.reconcile, signals_->stopToken()); });
        paths(apply);
        scope(apply);
        auto& options = line_.reconcile;
        apply->add_flag("--dry-run", options.dryRun, "only show the plan");
        apply->add_flag("!--no-wait", options.wait, "do not wait until started servers are ready");
        duration(apply, "--settle-time", options.settle, "how long a server must run to count as ready");
        duration(apply, "--ready-timeout", options.readyTimeout, "when to give up waiting for a server");

        auto* destroy = command("destroy", "remove everything of the project; volumes stay",
                                "  mcpctl destroy\n  mcpctl --project demo destroy --yes",
                                [this] { return destroyCommand(line_.global, line_.yes, signals_->stopToken()); });
        destroy->add_flag("-y,--yes", line_.yes, "do not ask");
    }

    void attachCommands()
    {
        auto* attach = command("attach", "be the client of a stdio server: its stdin and stdout are these",
                               "  mcpctl attach research-memory\n  mcpctl attach mcpctl-research-memory --steal",
                               [this] { return attachCommand(line_.global, line_.instance, line_.steal, *signals_); });
        attach->add_option("INSTANCE", line_.instance, "full name, PROFILE-INSTANCE, or a name that only one has")
            ->required();
        attach->add_flag("--steal", line_.steal, "end the session of the client that is attached now");
    }

    void observingCommands()
    {
        auto& options = line_.observe;
        auto* events = command("events", "follow what happens to the instances of the project",
                               "  mcpctl events\n  mcpctl events --since 10m research-memory\n"
                               "  mcpctl events --since 1h --until 0s -o json",
                               [this]
                               {
                                   signals_->beQuiet();
                                   return eventsCommand(line_.global, line_.observe, signals_->stopToken());
                               });
        events->add_option("--since", options.since, "begin with what the engine remembers: 10m ago, or RFC 3339")
            ->type_name("WHEN");
        events->add_option("--until", options.until, "end then: as --since")->type_name("WHEN");

        auto* stats = command("stats", "show what the running instances use",
                              "  mcpctl stats\n  mcpctl stats --no-stream -o json research-memory",
                              [this]
                              {
                                  signals_->beQuiet();
                                  return statsCommand(line_.global, line_.observe, signals_->stopToken());
                              });
        stats->add_flag("!--no-stream", options.stream, "measure once");
        duration(stats, "--interval", options.interval, "how often to measure");

        for (auto* each : {events, stats})
            each->add_option("INSTANCE", options.instances,
                                 "by full name, PROFILE-INSTANCE, or INSTANCE where it is unique; default: all")
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    void historyCommands()
    {
        auto& options = line_.history;
        const auto bind = [this](auto* run) { return [this, run] { return run(line_.global, line_.history); }; };
        auto* history = command("history", "show what runs did, and why",
                                "  mcpctl history --since 7d\n  mcpctl history mcpctl-research-memory\n"
                                "  mcpctl history show 01987a3c-5e1f\n  mcpctl history why mcpctl-research-memory\n"
                                "  mcpctl history prune --keep 90d",
                                bind(historyCommand));
        history->add_option("--since", options.since, "from then on: 7d, 12h, or a time as 2026-03-01T09:30:00Z");
        history->add_option("--limit", options.limit, "how many runs, the newest first")->capture_default_str();
        history->add_option("INSTANCE", options.instance, "only runs that had to do with it");

        auto* show = command("show", "show one run with all its changes", "  mcpctl history show 01987a3c-5e1f",
                             bind(historyShowCommand), history);
        show->add_option("RUN", options.run, "its id, or how it starts")->required();
        auto* why = command("why", "show what made an instance look as it does",
                            "  mcpctl history why mcpctl-research-memory", bind(historyWhyCommand), history);
        why->add_option("INSTANCE", options.instance, "the full name, as `mcpctl status` shows it")->required();
        auto* prune = command("prune", "forget what is older", "  mcpctl history prune --keep 90d",
                              bind(historyPruneCommand), history);
        prune->add_option("--keep", options.keep, "how much stays, as 90d")->required();
    }

    void otherCommands()
    {
        auto* schema = command("schema", "print the JSON schema of a kind of manifest",
                               "  mcpctl schema\n  mcpctl schema McpServer > McpServer.schema.json",
                               [this] { return schemaCommand(line_.schemaKind); });
        schema->add_option("KIND", line_.schemaKind, "McpServer, Profile, Network or SecurityPolicy");

        command("doctor", "check that this machine and its engine can do what mcpctl needs", "  mcpctl doctor",
                [this] { return doctorCommand(line_.global); });

        auto* completion = command("completion", "print a completion script for a shell",
                                   "  source <(mcpctl completion bash)", [this] { return completionScript(); });
        completion->add_option("SHELL", line_.shell, "bash, zsh or fish")
            ->required()
            ->check(CLI::IsMember({"bash", "zsh", "fish"}));

        command("version", "print the version of mcpctl and of the engine", "  mcpctl version -o json",
                [this] { return versionCommand(line_.global); });
    }

    CLI::App* command(const std::string& name, const std::string& what, const std::string& examples, Run run,
                      CLI::App* above = nullptr)
    {
        auto* added = (above != nullptr ? above : &app_)->add_subcommand(name, what);
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

    void paths(CLI::App* to)
    {
        to->add_option("PATH", line_.reconcile.paths, "folders with manifests, files, or - for standard input")
            ->required()
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    void scope(CLI::App* to)
    {
        auto& options = line_.reconcile;
        each(to->add_option("--profile", options.profiles, "only instances of this profile; never prunes"));
        each(to->add_option("--server", options.servers, "only instances of this server; never prunes"));
        to->add_flag("!--no-prune", options.prune, "keep what is no longer declared");
        to->add_option("--prune-max", options.pruneMax, "how many instances may be removed at once");
        to->add_flag("--allow-empty", options.allowEmpty, "manifests without any instance may remove everything");
    }

    /// An option that may come several times, with one value each: what follows is a path again.
    static void each(CLI::Option* option)
    {
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
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

    static std::vector<CompletionOption> optionsOf(const CLI::App& app)
    {
        std::vector<CompletionOption> out;
        for (const auto* option : app.get_options())
            for (const auto& name : option->get_lnames())
                out.push_back({"--" + name, option->get_description(), option->get_items_expected_max() > 0});
        return out;
    }

    CompletionShape shapeOf() const
    {
        CompletionShape shape{optionsOf(app_), {}};
        for (const auto* each : app_.get_subcommands([](const CLI::App*) { return true; }))
        {
            CompletionCommand command{each->get_name(), each->get_description(), optionsOf(*each), {}};
            if (command.name == "completion")
                command.arguments = {"bash", "zsh", "fish"};
            if (command.name == "schema")
                command.arguments = {"McpServer", "Profile", "Network", "SecurityPolicy"};
            for (const auto* below : each->get_subcommands([](const CLI::App*) { return true; }))
                command.arguments.push_back(below->get_name());
            shape.commands.push_back(std::move(command));
        }
        return shape;
    }

public:
    void use(Signals& signals) { signals_ = &signals; }

private:
    CLI::App app_{"", "mcpctl"};
    CommandLine& line_;
    Run& run_;
    Signals* signals_ = nullptr;
};

/// A word where a command should be deserves better than "not expected".
void hintAtCommand(const CLI::App& app, int argc, char** argv)
{
    std::vector<std::string> known;
    for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; }))
        known.push_back(each->get_name());
    for (int i = 1; i < argc; ++i)
    {
        const std::string word = argv[i];
        if (word.empty() || word.front() == '-')
            continue;
        if (std::find(known.begin(), known.end(), word) == known.end())
            if (const auto near = nearest(word, known); !near.empty())
                say(fmt::format("did you mean `{}`?\n", near));
        return;
    }
}

int exitStatus(ExitCode code)
{
    return static_cast<int>(code);
}

int runGuarded(const Run& run)
{
    const auto fail = [](const std::exception& error, ExitCode code)
    {
        say(fmt::format("mcpctl: {}\n", error.what()));
        return exitStatus(code);
    };
    try
    {
        return exitStatus(run());
    }
    catch (const UsageError& error)
    {
        return fail(error, ExitCode::usage);
    }
    catch (const LockHeld& error)
    {
        return fail(error, ExitCode::locked);
    }
    catch (const OrchestratorError& error)
    {
        const bool away = error.kind() == OrchestratorError::Kind::unreachable;
        return fail(error, away ? ExitCode::noEngine : ExitCode::failed);
    }
    catch (const std::exception& error)
    {
        return fail(error, ExitCode::failed);
    }
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
        declaration.check();
    }
    catch (const CLI::Success& success) // --help, --version
    {
        return app.exit(success);
    }
    catch (const CLI::ParseError& error)
    {
        say(fmt::format("mcpctl: {}\n", error.what()));
        hintAtCommand(app, argc, argv);
        say("run `mcpctl --help`, or `mcpctl COMMAND --help`\n");
        return exitStatus(ExitCode::usage);
    }
    Signals signals;
    declaration.use(signals);
    return runGuarded(run);
}

}
