#pragma once

#include "app/backoffs.h"
#include "app/connect_config.h"
#include "app/log.h"
#include "app/secrets.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mcpctl
{

enum class OutputFormat
{
    text,
    json,
    wide,  ///< of `status` alone
    sarif, ///< these four of `validate`, `plan` and `audit`: findings, for those who review
    junit,
    github,
    markdown,
};

/// What holds for every command.
struct GlobalOptions
{
    std::string project = "mcpctl";
    std::optional<std::string> host; ///< `--host`; else what docker itself would use
    OutputFormat output = OutputFormat::text;
    LogLevel logLevel = LogLevel::info;
    bool stats = false;                 ///< tell the number of engine calls and bytes at the end
    std::vector<SecretSource> secrets;  ///< as given, in their order; see inOrder()
    std::vector<std::string> policies;  ///< SecurityPolicies from outside of the manifests: files or folders
    std::optional<std::string> history; ///< where it is kept; `none` keeps none
    // Of the gateways; as gatewayOptions() takes them.
    std::optional<std::string> gatewayImage;
    std::optional<std::string> egressDns;    ///< ADDRESS[:PORT],...
    std::optional<std::string> egressRefuse; ///< ADDRESS or CIDR,...
    std::optional<std::string> networkPool;  ///< CIDR
};

/// Whose logs are shown, and what of them.
struct LogsOptions
{
    std::vector<std::string> instances; ///< as selectInstances() takes them
    std::vector<std::string> profiles;
    bool all = false;
    bool follow = false;
    bool timestamps = false;
    bool withStdout = false;          ///< of stdio servers, too
    std::optional<std::size_t> tail;  ///< last lines of each instance; nothing: all
    std::optional<std::string> since; ///< as parseMoment() takes them
    std::optional<std::string> until;
};

/// How much status says.
struct StatusOptions
{
    bool probe = false; ///< ask each server now; `-o wide` does as well
};

/// What describe tells of.
struct DescribeOptions
{
    std::string instance;
    std::vector<std::string> paths; ///< of manifests: tell what a plan would change; empty: do not
};

/// What audit looks at, and how strictly.
struct AuditOptions
{
    std::vector<std::string> instances; ///< as selectInstances() takes them; empty: all, the engine, and the networks
    std::vector<std::string> paths;     ///< of manifests: what was asked for
    bool all = false;                   ///< show also what passes
    bool strict = false;                ///< warnings and what is unknown are failures
};

/// For whom connect-config writes, and of what.
struct ConnectOptions
{
    ConnectClient client = ConnectClient::claudeCode;
    std::vector<std::string> instances; ///< empty: all that run
    std::string profile;                ///< empty: all
    std::string command;                ///< how the client calls mcpctl; empty: this program, by its path
};

/// What plan and apply read, and how far they go.
struct ReconcileOptions
{
    std::vector<std::string> paths;    ///< folders, files or `-`; for apply also one saved plan
    std::vector<std::string> profiles; ///< narrow the work to these, which then never prunes
    std::vector<std::string> servers;
    bool prune = true;
    bool allowEmpty = false;
    std::optional<std::size_t> pruneMax;

    bool detailedExitCode = false;     ///< plan
    std::optional<std::string> saveTo; ///< plan

    bool dryRun = false; ///< apply
    bool wait = true;    ///< apply
    std::chrono::milliseconds settle{2000};
    std::chrono::milliseconds readyTimeout{60000};
};

/// How `watch` watches.
struct WatchOptions
{
    ReconcileOptions reconcile;
    std::chrono::milliseconds resync{300'000};
    std::chrono::milliseconds debounce{200}; ///< how long manifests must be quiet
    Backoffs::Times backoffs;
    std::optional<std::string> git; ///< the manifests are in a clone of this
    std::string branch;             ///< of it; empty: the remote's own choice
    std::string pathInGit;          ///< of the manifests within the clone
    std::chrono::milliseconds gitInterval{60'000};
    std::chrono::milliseconds historyKeep{std::chrono::hours(90 * 24)};
    bool leaderElection = false;
    std::optional<std::string> listen;    ///< HOST:PORT of the HTTP side; nothing: there is none
    std::optional<std::string> tokenFile; ///< what who asks there has to know
};

/// What `events` and `stats` look at.
struct ObserveOptions
{
    std::vector<std::string> instances; ///< as selectInstances() takes them; none: all
    std::optional<std::string> since;   ///< events: as parseMoment() takes them
    std::optional<std::string> until;
    bool stream = true; ///< stats
    std::chrono::milliseconds interval{2000};
};

}
