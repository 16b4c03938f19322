#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// What an engine tells of instances while they run: logs, events, measurements.
namespace mcpctl
{

enum class LogStream
{
    out,
    err,
};

struct LogOptions
{
    bool timestamps = false; ///< LogPiece::timeNanos is wanted
    /// Last lines of both streams together, -1: all. A line that the engine keeps in several parts counts for each.
    int tail = -1;
    std::optional<std::int64_t> sinceNanos = {}; ///< since the epoch, that moment included
    std::optional<std::int64_t> untilNanos = {}; ///< likewise
    bool follow = false;                         ///< go on with what is logged from now on, until the process ends
    std::optional<LogStream> only = {};          ///< of one stream; `tail` still counts both
};

/// A part of a log. A line may come in several pieces; the last of them ends with a newline, unless the
/// process ended without one.
struct LogPiece
{
    LogStream stream = LogStream::out;
    std::int64_t timeNanos = 0; ///< since the epoch, when the engine got the line; 0 unless asked for
    std::string_view text;      ///< valid during the call
};

/// Gets the pieces as they come; false ends the stream.
using LogSink = std::function<bool(const LogPiece&)>;

struct Event
{
    enum class Type
    {
        subscribed, ///< the first one: what happens from here on is seen
        gap,        ///< events may have been missed before this one (EventFollower)
        create,
        start,
        stop,
        restart,
        die,
        kill, ///< a signal was sent
        oom,
        health,
        update,
        rename,
        pause,
        unpause,
        destroy,
        networkConnect, ///< as an instance starts, too; and networkDisconnect as it ends
        networkDisconnect,
        networkCreate, ///< of any network of the engine, whoever's it is
        networkDestroy,
        nameTaken,    ///< somebody else's got a name `PROJECT-...`
        nameFreed,    ///< and lost it
        egressDenied, ///< an instance wanted out, and was not let; no engine tells it (app/egress_watch.h)
    };

    Type type = Type::subscribed;
    std::string id;             ///< of the instance, or of what is not ours
    std::string name;           ///< of the same, where the engine tells it
    std::string oldName;        ///< of `rename`; where a name was taken or freed by one, the other of its names
    int exitCode = 0;           ///< of `die`; -1: not known (synthesised)
    int signal = 0;             ///< of `kill`
    std::string health;         ///< of `health`: `healthy`, `unhealthy`, `starting`
    std::string network;        ///< of the four about networks: its name
    std::string target{};       ///< of `egressDenied`: NAME:PORT
    std::string reason{};       ///< likewise
    std::int64_t timeNanos = 0; ///< since the epoch, on the engine's clock
    bool synthesised = false;   ///< nobody told it: found by looking again after a gap
};

std::string_view toString(Event::Type type);

using EventSink = std::function<void(const Event&)>;

/// The engine's own judgement of an instance.
struct Health
{
    enum class Status
    {
        healthy,
        unhealthy,
        starting, ///< its check has not decided yet
    };

    Status status = Status::unhealthy;
    bool checked = false; ///< by a check that the engine runs; else inferred from whether it runs
    std::string output;   ///< what the last check wrote, or why it does not run
};

std::string_view toString(Health::Status status);

/// One measurement of an instance. Counters count from its start.
struct Stats
{
    std::int64_t timeNanos = 0; ///< since the epoch, on the engine's clock
    std::uint64_t cpuNanos = 0; ///< processor time used, over all cores
    int onlineCpus = 0;
    std::uint64_t memoryBytes = 0;      ///< in use, without the page cache that can be given back
    std::uint64_t memoryLimitBytes = 0; ///< the host's memory where there is no limit
    std::uint64_t pids = 0;
    std::uint64_t pidsLimit = 0; ///< 0: none
    std::uint64_t networkReceivedBytes = 0;
    std::uint64_t networkSentBytes = 0;
    std::uint64_t blockReadBytes = 0;
    std::uint64_t blockWrittenBytes = 0;
};

/// Percent of one cpu between two measurements: 100 is one core in full. 0 where no time passed.
double cpuPercent(const Stats& before, const Stats& now);

}
