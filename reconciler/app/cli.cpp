#include "app/cli.h"

#include "app/command_line.h"
#include "app/commands.h"
#include "app/completion.h"
#include "app/gateway_options.h"
#include "app/history_command.h"
#include "app/report.h"
#include "app/report_formats.h"
#include "app/run_guarded.h"
#include "app/secret_command.h"
#include "app/signals.h"
#include "system/core_dump.h"
#include "validate/schemas.h"

#include <fmt/format.h>

#include <algorithm>

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
    WatchOptions watch;
    ObserveOptions observe;
    HistoryOptions history;
    DescribeOptions describe;
    ConnectOptions connect;
    AuditOptions audit;
    std::vector<std::string> instances;
    std::string instance;
    bool steal = false;
    bool yes = false;
    std::string schemaKind;
    std::string shell;
};

constexpr const char* instanceWords = "full name, PROFILE-INSTANCE, or the name within a profile where that is clear";

std::string complaintAboutProject(const std::string& name)
{
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    const bool good = !name.empty() && name.size() <= 40 && letter(name.front()) && letter(name.back()) &&
                      std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || c == '-'; });
    return good ? "" : name + " is no project name: a-z, 0-9 and - within, at most 40 characters";
}

std::string complaintAboutCommand(const std::string& command)
{
    try
    {
        splitSecretCommand(command);
        return "";
    }
    catch (const std::invalid_argument& error)
    {
        return fmt::format("`{}`: {}", command, error.what());
    }
}

/// Declares the whole command line. `run` becomes what the chosen command does.
class Declaration
{
public:
    Declaration(Given& given, Run& run)
        : given_(given),
          line_("mcpctl keeps MCP servers on a container engine in the state that YAML manifests declare.",
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
        line_.group("From manifests to running servers");
        readingCommands();
        actingCommands();
        line_.group("Servers that run");
        statusCommands();
        logs();
        events();
        stats();
        attach();
        lifecycleCommands();
        connectConfig();
        line_.group("And");
        historyCommands();
        otherCommands();
    }

    CommandLine& line() { return line_; }
    void use(Signals& signals) { signals_ = &signals; }

private:
    void globalOptions()
    {
        auto line = line_.global();
        auto& global = given_.global;
        line.option("-p,--project", "NAME", global.project,
                    "the scope that owns and prunes (default mcpctl, or $MCPCTL_PROJECT)",
                    {.env = "MCPCTL_PROJECT", .complaint = complaintAboutProject});
        line.option("-H,--host", "URL", global.host,
                    "the engine, as unix:///var/run/docker.sock (default: the one that docker would use)");
        line.choice<OutputFormat>(
            "-o,--output", "FORMAT",
            "text (default) or json; for status also wide, for validate, plan and audit sarif, junit, github, markdown",
            global.output,
            {{"text", OutputFormat::text},
             {"json", OutputFormat::json},
             {"wide", OutputFormat::wide},
             {"sarif", OutputFormat::sarif},
             {"junit", OutputFormat::junit},
             {"github", OutputFormat::github},
             {"markdown", OutputFormat::markdown}});
        line.choice<LogLevel>("--log-level", "LEVEL", "how much to tell: error, warning, info (default) or debug",
                              global.logLevel,
                              {{"error", LogLevel::error},
                               {"warning", LogLevel::warning},
                               {"info", LogLevel::info},
                               {"debug", LogLevel::debug}});
        secretOptions(line);
        line.option("--history", "WHERE", global.history,
                    "where runs are recorded: a file, sqlite:///FILE, postgresql://..., none (or $MCPCTL_HISTORY)",
                    {.env = "MCPCTL_HISTORY"});
        line.flag(
            "--no-history", [&global] { global.history = "none"; }, "record nothing");
        gatewayOptions(line);
        line.flag("--stats", global.stats, "tell the engine calls and bytes at the end");
    }

    void gatewayOptions(Arguments& line)
    {
        auto& global = given_.global;
        line.option("--gateway-image", "IMAGE", global.gatewayImage,
                    "haproxy for the gateways, best with its digest (default haproxy:2.6.12-alpine, or "
                    "$MCPCTL_GATEWAY_IMAGE)",
                    {.env = "MCPCTL_GATEWAY_IMAGE"});
        line.option("--egress-dns", "ADDRESSES", global.egressDns,
                    "name servers of the egress gateway (default: this host's own, or $MCPCTL_EGRESS_DNS)",
                    {.env = "MCPCTL_EGRESS_DNS", .complaint = complaintAboutNameServers});
        line.option("--egress-refuse", "ADDRESSES", global.egressRefuse,
                    "public addresses to treat as private: those of the engine's host (or $MCPCTL_EGRESS_REFUSE)",
                    {.env = "MCPCTL_EGRESS_REFUSE", .complaint = complaintAboutAddresses});
        line.option("--network-pool", "CIDR", global.networkPool,
                    "where the gateways' networks come from (default 10.213.0.0/16, or $MCPCTL_NETWORK_POOL)",
                    {.env = "MCPCTL_NETWORK_POOL", .complaint = complaintAboutPool});
    }

    /// The order in which they stand on the command line is the one in which they are asked.
    void secretOptions(Arguments& line)
    {
        const auto add = [this](SecretSource::Kind kind) {
            return [this, kind](const std::string& text) { given_.global.secrets.push_back({kind, text}); };
        };
        line.inTurn("--secrets", "DIR", add(SecretSource::Kind::folder),
                    "folder with one file for each secret (default /run/secrets, or $MCPCTL_SECRETS)",
                    {.env = "MCPCTL_SECRETS"});
        line.inTurn("--secret-command", "CMD", add(SecretSource::Kind::command),
                    "what prints the secret that it is asked for; no shell (docs/secrets.md)",
                    {.complaint = complaintAboutCommand});
        line.flag(
            "--secret-env", [add] { add(SecretSource::Kind::environment)(""); },
            "ask MCPCTL_SECRET_NAME here; else it is asked last", true);
    }

    void readingCommands()
    {
        auto validate = line_.command("validate", "check manifests: syntax, schema, references, security policy",
                                      "  mcpctl validate manifests/\n  cat server.yaml | mcpctl validate -",
                                      [this] { return validateCommand(given_.global, given_.reconcile.paths); });
        paths(validate);
        policies(validate);

        auto plan = line_.command("plan", "show what apply would change, and change nothing",
                                  "  mcpctl plan manifests/\n  mcpctl plan manifests/ --detailed-exitcode -o json\n"
                                  "  mcpctl plan manifests/ --out plan.json && mcpctl apply plan.json",
                                  [this] { return planCommand(given_.global, given_.reconcile); });
        paths(plan);
        scope(plan);
        plan.flag("--detailed-exitcode", given_.reconcile.detailedExitCode,
                  "exit with 2 when changes are pending, 3 when there is only drift");
        plan.option("--out", "FILE", given_.reconcile.saveTo, "save the plan for `apply FILE`");
    }

    void actingCommands()
    {
        auto apply =
            line_.command("apply", "make the engine what the manifests declare",
                          "  mcpctl apply manifests/\n  mcpctl apply plan.json\n"
                          "  mcpctl apply manifests/ --profile research --no-wait",
                          [this] { return applyCommand(given_.global, given_.reconcile, signals_->stopToken()); });
        paths(apply);
        scope(apply);
        apply.flag("--dry-run", given_.reconcile.dryRun, "only show the plan");
        waiting(apply);

        watch();

        auto destroy =
            line_.command("destroy", "remove everything of the project; volumes stay",
                          "  mcpctl destroy\n  mcpctl --project demo destroy --yes",
                          [this] { return destroyCommand(given_.global, given_.yes, signals_->stopToken()); });
        destroy.flag("-y,--yes", given_.yes, "do not ask");
    }

    void watch()
    {
        auto& options = given_.watch;
        auto watch = line_.command("watch", "keep the engine in the state that the manifests declare, for ever",
                                   "  mcpctl watch manifests/\n"
                                   "  mcpctl watch --git https://git.example.com/team/servers.git --path prod clone/\n"
                                   "SIGHUP: look now. SIGTERM: finish the steps in hand, and end.",
                                   [this]
                                   {
                                       given_.watch.reconcile = given_.reconcile;
                                       return watchCommand(given_.global, given_.watch, *signals_);
                                   });
        paths(watch);
        scope(watch);
        watch.duration("--resync", options.resync, "look at everything at least so often");
        watch.duration("--debounce", options.debounce, "how long manifests must be quiet before they are read");
        watch.duration("--backoff", options.backoffs.first, "how long an instance that failed is left alone at first");
        watch.duration("--backoff-max", options.backoffs.longest, "how long at most");
        waitTimes(watch);
        watch.option("--git", "URL", options.git, "keep a clone of this in PATH, and reconcile from it");
        watch.option("--branch", "NAME", options.branch, "of it (default: the one that the remote shows)");
        watch.option("--path", "DIR", options.pathInGit, "where the manifests are in it");
        watch.duration("--interval", options.gitInterval, "how often to fetch");
        watch.duration("--history-keep", options.historyKeep, "how long runs and events are remembered");
        watch.option("--listen", "HOST:PORT", options.listen, "answer health, metrics and the API there, by HTTP");
        watch.option("--token-file", "FILE", options.tokenFile, "what who asks there has to send as bearer token");
        watch.flag("--leader-election", options.leaderElection,
                   "of several daemons that share a PostgreSQL, one acts and the others stand by");
    }

    void statusCommands()
    {
        auto status = line_.command("status", "show the instances of the project",
                                    "  mcpctl status\n"
                                    "  mcpctl status -o wide               what their servers say of themselves\n"
                                    "  mcpctl status -o json --probe",
                                    [this] { return statusCommand(given_.global, given_.status); });
        status.flag("--probe", given_.status.probe, "ask each server now whether it speaks MCP; -o wide does so too");

        auto describe =
            line_.command("describe", "tell everything about one instance",
                          "  mcpctl describe dev-memory\n"
                          "  mcpctl describe mcpctl-dev-memory manifests/   and what a plan would change for it",
                          [this] { return describeCommand(given_.global, given_.describe); });
        describe.argument("INSTANCE", given_.describe.instance, instanceWords, {.required = true});
        describe.arguments("PATH", given_.describe.paths, "manifests to compare it with");
    }

    void logs()
    {
        auto& options = given_.logs;
        auto logs = looking("logs", "show what instances log",
                            "  mcpctl logs memory\n  mcpctl logs --all --since 10m -f\n"
                            "  mcpctl logs --profile research --tail 100 -o json",
                            [this] { return logsCommand(given_.global, given_.logs, signals_->stopToken()); });
        logs.arguments("INSTANCE", options.instances, instanceWords);
        logs.each("--profile", options.profiles, "all instances of this profile");
        logs.flag("--all", options.all, "all instances of the project");
        logs.flag("-f,--follow", options.follow,
                  "go on with what is logged from now on, also after a restart or a replace");
        logs.number("--tail", "LINES", options.tail, "only so many last lines of each instance");
        logs.option("--since", "TIME", options.since, "only from then on: 10m ago, or a time as 2026-02-28T09:30:00Z");
        logs.option("--until", "TIME", options.until, "only up to then, likewise", {.excludes = "--follow"});
        logs.flag("--timestamps", options.timestamps, "begin each line with its time");
        logs.flag("--stdout", options.withStdout, "show the stdout of stdio servers too: it is protocol traffic");
    }

    void events()
    {
        auto& options = given_.observe;
        auto events = looking("events", "follow what happens to the instances of the project",
                              "  mcpctl events\n  mcpctl events --since 10m research-memory\n"
                              "  mcpctl events --since 1h --until 0s -o json",
                              [this] { return eventsCommand(given_.global, given_.observe, signals_->stopToken()); });
        events.arguments("INSTANCE", options.instances, instanceWords);
        events.option("--since", "TIME", options.since,
                      "begin with what the engine remembers: 10m ago, or a time as 2026-02-28T09:30:00Z");
        events.option("--until", "TIME", options.until, "end then, likewise");
    }

    void stats()
    {
        auto stats = looking("stats", "show what the running instances use",
                             "  mcpctl stats\n  mcpctl stats --no-stream -o json research-memory",
                             [this] { return statsCommand(given_.global, given_.observe, signals_->stopToken()); });
        stats.arguments("INSTANCE", given_.observe.instances, instanceWords);
        stats.off("--no-stream", given_.observe.stream, "measure once");
        stats.duration("--interval", given_.observe.interval, "how often to measure");
    }

    void attach()
    {
        auto attach =
            line_.command("attach", "be the client of a stdio server: its stdin and stdout are these",
                          "  mcpctl attach research-memory\n  mcpctl attach mcpctl-research-memory --steal",
                          [this] { return attachCommand(given_.global, given_.instance, given_.steal, *signals_); });
        attach.argument("INSTANCE", given_.instance, instanceWords, {.required = true});
        attach.flag("--steal", given_.steal, "end the session of the client that is attached now");
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
        auto line = line_.command(
            std::string(toString(verb)), what,
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
        line.arguments("INSTANCE", given_.instances, instanceWords, {.required = true});
        if (verb != LifecycleVerb::stop)
            waiting(line);
    }

    void connectConfig()
    {
        auto& options = given_.connect;
        auto connect = line_.command("connect-config", "print what an MCP client needs to reach the servers that run",
                                     "  mcpctl connect-config --client claude-code > .mcp.json\n"
                                     "  mcpctl connect-config --client vscode --profile research\n"
                                     "  mcpctl connect-config --client codex dev-memory",
                                     [this] { return connectConfigCommand(given_.global, given_.connect); });
        connect.choice<ConnectClient>("--client", "CLIENT",
                                      fmt::format("{}", fmt::join(wordsOf(connectClients()), ", ")), options.client,
                                      connectClients(), {.required = true});
        connect.option("--profile", "NAME", options.profile, "only instances of this profile");
        connect.option("--command", "NAME", options.command,
                       "how the client calls mcpctl (default: by this program's path)");
        connect.arguments("INSTANCE", options.instances, instanceWords);
    }

    void historyCommands()
    {
        auto& options = given_.history;
        const auto bind = [this](auto* run) { return [this, run] { return run(given_.global, given_.history); }; };
        auto history = line_.command("history", "show what runs did, and why",
                                     "  mcpctl history --since 7d\n  mcpctl history mcpctl-research-memory\n"
                                     "  mcpctl history show 01987a3c-5e1f\n"
                                     "  mcpctl history why mcpctl-research-memory\n  mcpctl history prune --keep 90d",
                                     bind(historyCommand));
        history.option("--since", "TIME", options.since, "from then on: 7d, 12h, or a time as 2026-03-01T09:30:00Z");
        history.number("--limit", "N", options.limit, "how many runs, the newest first (default 20)");
        history.argument("INSTANCE", options.instance, "only runs that had to do with it");

        line_
            .command("history show", "show one run with all its changes", "  mcpctl history show 01987a3c-5e1f",
                     bind(historyShowCommand))
            .argument("RUN", options.run, "its id, or how it starts", {.required = true});
        line_
            .command("history why", "show what made an instance look as it does",
                     "  mcpctl history why mcpctl-research-memory", bind(historyWhyCommand))
            .argument("INSTANCE", options.instance, "the full name, as `mcpctl status` shows it", {.required = true});
        line_
            .command("history prune", "forget what is older", "  mcpctl history prune --keep 90d",
                     bind(historyPruneCommand))
            .option("--keep", "DURATION", options.keep, "how much stays, as 90d", {.required = true});
    }

    void otherCommands()
    {
        std::vector<std::string> kinds;
        for (const auto& [name, text] : embeddedSchemas())
            kinds.emplace_back(name);
        line_
            .command("schema", "print the JSON schema of a kind of manifest",
                     "  mcpctl schema\n  mcpctl schema McpServer > McpServer.schema.json",
                     [this] { return schemaCommand(given_.schemaKind); })
            .argument("KIND", given_.schemaKind, "the kind of manifest; without one, all are listed",
                      {.suggestions = kinds});

        audit();
        line_.command("doctor", "check that this machine and its engine can do what mcpctl needs", "  mcpctl doctor",
                      [this] { return doctorCommand(given_.global); });

        line_
            .command("completion", "print a completion script for a shell", "  source <(mcpctl completion bash)",
                     [this] { return completionScript(); })
            .choice<std::string>("SHELL", "", "bash, zsh or fish", given_.shell,
                                 {{"bash", "bash"}, {"zsh", "zsh"}, {"fish", "fish"}}, {.required = true});

        line_.command("version", "print the version of mcpctl and of the engine", "  mcpctl version -o json",
                      [this] { return versionCommand(given_.global); });
    }

    void audit()
    {
        auto& options = given_.audit;
        auto audit = line_.command("audit", "check what holds the servers in, as the engine and the kernel tell it",
                                   "  mcpctl audit\n  mcpctl audit -f manifests/ --strict\n"
                                   "  mcpctl audit research-memory --all -o json",
                                   [this] { return auditCommand(given_.global, given_.audit); });
        audit.arguments("INSTANCE", options.instances, instanceWords);
        policies(audit);
        audit.each("-f,--manifests", options.paths, "manifests that say what was asked for");
        audit.flag("--all", options.all, "show also what passes");
        audit.flag("--strict", options.strict, "exit with 1 also for warnings and for what could not be seen");
    }

    /// A command in whose hands nothing is half done when a signal comes.
    Arguments looking(const std::string& name, const std::string& what, const std::string& examples, Run run)
    {
        return line_.command(name, what, examples,
                             [this, run = std::move(run)]
                             {
                                 signals_->beQuiet();
                                 return run();
                             });
    }

    void paths(Arguments& line)
    {
        line.arguments("PATH", given_.reconcile.paths, "folders with manifests, files, or - for standard input",
                       {.required = true});
    }

    void policies(Arguments& line)
    {
        line.each("--policy", given_.global.policies,
                  "SecurityPolicies that the manifests cannot loosen: a file or a folder (or $MCPCTL_POLICY)", "FILE",
                  {.env = "MCPCTL_POLICY"});
    }

    void waiting(Arguments& line)
    {
        auto& options = given_.reconcile;
        line.off("--no-wait", options.wait, "do not wait until started servers are ready");
        waitTimes(line);
    }

    void waitTimes(Arguments& line)
    {
        auto& options = given_.reconcile;
        line.duration("--settle-time", options.settle, "how long a server must run to count as ready");
        line.duration("--ready-timeout", options.readyTimeout, "when to give up waiting for a server");
    }

    void scope(Arguments& line)
    {
        auto& options = given_.reconcile;
        policies(line);
        line.each("--profile", options.profiles, "only instances of this profile; never prunes");
        line.each("--server", options.servers, "only instances of this server; never prunes");
        line.off("--no-prune", options.prune, "keep what is no longer declared");
        line.number("--prune-max", "N", options.pruneMax, "how many instances may be removed at once");
        line.flag("--allow-empty", options.allowEmpty, "manifests without any instance may remove everything");
    }

    ExitCode completionScript()
    {
        const auto shape = line_.shape();
        print(given_.shell == "bash"  ? bashCompletion(shape)
              : given_.shell == "zsh" ? zshCompletion(shape)
                                      : fishCompletion(shape));
        return ExitCode::done;
    }

    Given& given_;
    CommandLine line_;
    Signals* signals_ = nullptr;
};

}

int runCommandLine(int argc, char** argv)
{
    leaveNoCoreDump();
    Given given;
    Run run;
    Declaration declaration(given, run);
    if (const auto ended = declaration.line().parse(argc, argv))
        return *ended;
    if (given.global.output == OutputFormat::wide && !declaration.line().chose("status"))
        return usageError("--output: wide is for `status` alone");
    const auto& line = declaration.line();
    if (isReport(given.global.output) && !line.chose("validate") && !line.chose("plan") && !line.chose("audit"))
        return usageError("--output: sarif, junit, github and markdown are for `validate`, `plan` and `audit` alone");
    Signals signals;
    declaration.use(signals);
    return runGuarded(run);
}

}
