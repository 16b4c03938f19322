#pragma once

#include "model/observed_state.h"
#include "orchestrator/live.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What an in-memory engine consists of: plain values, for tests to set up and to judge.
namespace mcpctl::test
{

/// What a process made from an image does.
struct Behaviour
{
    enum class Kind
    {
        runs,
        ends,        ///< `after` its start, each time
        neverStarts, ///< the engine cannot start it
    };

    Kind kind = Kind::runs;
    std::chrono::milliseconds after{0}; ///< virtual time
    int exitCode = 1;
    bool outOfMemory = false;
    std::vector<std::string> log{}; ///< lines that it writes to stderr at each start
};

struct MemoryImage
{
    ImageInfo info;
    Behaviour behaviour{};
};

/// What a registry has under a name.
struct Published
{
    MemoryImage image;
    std::string failure{}; ///< when not empty: it answers with this instead
};

struct MemoryNetwork
{
    std::string id;
    NetworkSpec spec; ///< with the owner that its labels say
    bool labelled = false;

    bool operator==(const MemoryNetwork&) const = default;
};

/// What a process wrote at one moment: a line with its newline, or a part of one.
struct MemoryLogEntry
{
    std::string text;
    LogStream stream = LogStream::err;
    std::int64_t timeNanos = 0;

    bool operator==(const MemoryLogEntry&) const = default;
};

struct MemoryContainer
{
    std::string id;
    std::string name;
    std::optional<Marks> marks; ///< nothing: it has none of mcpctl's labels
    ServerSpec spec;            ///< as the engine shows it; networks: those it hangs on, with its aliases
    std::map<NetworkName, std::string> networkIds;
    std::string imageId;
    RunState state = RunState::created;
    int exitCode = 0;
    int restarts = 0;
    bool oomKilled = false;
    std::string error{};
    std::int64_t startedAt = 0; ///< virtual milliseconds; 0: never
    std::int64_t createdAt = 0;
    std::vector<MemoryLogEntry> log{};

    bool operator==(const MemoryContainer&) const = default;
};

struct World
{
    std::map<std::string, MemoryContainer> containers; ///< by id
    std::vector<MemoryNetwork> networks;
    std::map<std::string, MemoryImage> images;   ///< by id
    std::map<std::string, std::string> tags;     ///< `name:tag` or `name@digest` -> image id
    std::map<std::string, Published> registries; ///< by `name:tag`
};

/// `name@sha256:...` under which a registry has the image that it calls `reference`.
std::string pinOf(const std::string& reference, const std::string& imageId);

/// An image that is told from others by its id alone.
MemoryImage imageNamed(const std::string& content);

/// Is this container one of `project`'s, by its marks and by its name? Design: "What is on the engine".
bool isOurs(const MemoryContainer& container, const ProjectName& project);

/// The fixed address that `spec` wants on `network`; empty: none.
std::string addressOn(const ServerSpec& spec, const NetworkName& network);

/// The container of that name; null when there is none.
const MemoryContainer* findByName(const World& world, const std::string& name);

/// Those that it hangs on.
std::set<NetworkName> networksOf(const MemoryContainer& container);

/// What `world` shows of a container to whoever lists it.
ObservedInstance observedOf(const World& world, const MemoryContainer& container);

/// The same moment since the epoch.
std::int64_t timeNanos(std::int64_t virtualMillis);

/// RFC 3339; empty for 0.
std::string timeText(std::int64_t virtualMillis);

}
