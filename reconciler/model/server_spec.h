#pragma once

#include "model/name.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mcpctl
{

/// What one environment variable, or one file of secrets, holds.
struct EnvValue
{
    std::string text;                      ///< the value; empty while a secret is not resolved
    std::optional<std::string> secretName; ///< from `secretRef`: `text` is never shown, stored or hashed
    bool resolved = true;                  ///< false: a secret that could not be read here; compares as unknown
    std::string why{};                     ///< it is not resolved, for people; may be empty

    bool operator==(const EnvValue&) const = default;
};

/// Where a server finds its files of secrets.
inline constexpr std::string_view secretFolder = "/run/secrets";

/// `/run/secrets/NAME`
std::string secretFilePath(const std::string& name);

enum class PullPolicy
{
    missing,
    always,
    never,
};

struct Transport
{
    enum class Type
    {
        stdio,
        streamableHttp,
        none, ///< it speaks no MCP: a gateway
    };

    Type type = Type::stdio;
    std::uint16_t port = 0; ///< where a streamable-http server, or a gateway's check, listens
    std::string path;       ///< its endpoint, as `/mcp`

    bool operator==(const Transport&) const = default;
};

/// A port of the host that leads to the server's transport port.
struct Publication
{
    std::string address; ///< of the host, numeric
    std::uint16_t hostPort = 0;
    std::uint16_t targetPort = 0;

    auto operator<=>(const Publication&) const = default;
    bool operator==(const Publication&) const = default;
};

/// Limits. 0 means "no limit" except where noted; mcpctl itself never asks for no limit.
struct Resources
{
    std::int64_t memoryBytes = 512LL * 1024 * 1024;
    std::int64_t swapBytes = 0;              ///< on top of memory; none is ever asked for; -1: unlimited
    std::int64_t memoryReservationBytes = 0; ///< 0: none
    std::int64_t nanoCpus = 1'000'000'000;   ///< 1e9 is one cpu; 0 where period and quota are given
    std::int64_t cpuShares = 0;              ///< relative weight; 0: the engine's default
    std::int64_t cpuPeriodMicros = 0;
    std::int64_t cpuQuotaMicros = 0;
    std::int64_t pidsLimit = 128;

    bool operator==(const Resources&) const = default;
};

struct Mount
{
    enum class Type
    {
        volume,
        hostPath,
    };

    Type type = Type::volume;
    std::string source; ///< the volume's name on the engine, or an absolute path of the host
    bool readOnly = false;

    bool operator==(const Mount&) const = default;
};

struct Logging
{
    std::string driver = "json-file";
    std::map<std::string, std::string> options{{"max-file", "3"}, {"max-size", "10m"}};

    bool operator==(const Logging&) const = default;
};

struct RestartPolicy
{
    enum class When
    {
        no,
        onFailure,
        always,
        unlessStopped,
    };

    When when = When::unlessStopped;
    bool operator==(const RestartPolicy&) const = default;
};

/// As a manifest writes it: `unless-stopped`.
std::string_view toString(RestartPolicy::When when);

/// How the readiness of a server is judged. Only `command`, `image` and `none` are the engine's work.
struct HealthCheck
{
    enum class Type
    {
        mcp,
        http,
        tcp,
        command,
        image,
        none,
    };

    Type type = Type::mcp;
    std::vector<std::string> command; ///< for `command`: arguments, no shell
    std::string path;                 ///< for `http`
    std::chrono::nanoseconds interval = std::chrono::seconds(30);
    std::chrono::nanoseconds timeout = std::chrono::seconds(10);
    std::chrono::nanoseconds startPeriod = std::chrono::seconds(30);
    int retries = 3;

    bool operator==(const HealthCheck&) const = default;
};

/// What a server process is given and what it is denied: the same words for what is wanted and for
/// what an engine reports, so that the two can be compared field by field (fields.h).
///
/// A default-constructed spec carries mcpctl's defaults. Fields that are optional mean "as the image
/// says" when they are empty; an observed spec has them all.
struct ServerSpec
{
    std::string image; ///< as written, or as the engine shows it
    std::optional<std::vector<std::string>> entrypoint;
    std::optional<std::vector<std::string>> command;
    std::map<std::string, EnvValue> env;
    std::map<std::string, EnvValue> secretFiles; ///< by name: files in secretFolder that only `user` can read
    std::optional<std::string> user;
    Transport transport;
    bool keepsStdin = true; ///< stdio servers: stdin open for one client, then a fresh process
    Resources resources;
    std::map<std::string, Mount> mounts;                   ///< by path inside
    std::map<std::string, std::string> tmpfs;              ///< path -> options, as `size=64m`
    std::map<NetworkName, std::set<std::string>> networks; ///< network -> names it answers to there
    std::map<NetworkName, std::string> fixedAddresses;     ///< on the other networks the engine chooses
    std::set<Publication> publications;
    /// Path inside -> text, all in one folder, which holds nothing else. They can change while it runs: its
    /// process loads them anew on SIGUSR2. Not for secrets.
    std::map<std::string, std::string> configFiles;
    std::vector<std::string> nameServers; ///< empty: the engine's
    std::vector<std::string> nameServerOptions;
    Logging logging;
    RestartPolicy restart;
    std::chrono::seconds stopGracePeriod{10};
    HealthCheck health;
    std::set<std::string> capabilities; ///< those left after all were dropped, without `CAP_`
    bool noNewPrivileges = true;
    bool readOnlyRootFilesystem = true;
    bool initProcess = true;
    /// Ways out of isolation that somebody else opened, as `privileged` or `host-network`. mcpctl
    /// itself never asks for one, so anything here is drift.
    std::set<std::string> escapes;

    bool operator==(const ServerSpec&) const = default;
};

/// What an image brings along for fields that the manifest leaves to it.
struct ImageInfo
{
    std::string id; ///< content address, `sha256:...`
    std::vector<std::string> repoDigests;
    std::map<std::string, std::string> env;
    std::vector<std::string> entrypoint;
    std::vector<std::string> command;
    std::string user;
    std::set<std::string> volumePaths; ///< paths for which the engine makes a volume by itself
    bool hasHealthCheck = false;
};

/// `wanted` with everything that it leaves to the image filled in from `image`: what the engine will
/// show for it. As with the engine, a given entrypoint takes the image's command away.
ServerSpec withImageDefaults(ServerSpec wanted, const ImageInfo& image);

}
