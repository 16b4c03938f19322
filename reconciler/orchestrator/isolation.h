#pragma once

#include "model/observed_state.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What holds an instance in: as the engine tells it, and as the kernel tells it of the processes themselves. The two
/// are taken apart from each other on purpose, for an engine may accept what it does not put in force.
namespace mcpctl
{

/// What the kernel says, of all processes of an instance together: the weakest of each counts, so a process that
/// somebody put beside the server with more rights is seen. What could not be seen is empty, never a guess, and
/// `unseen` tells why.
struct KernelView
{
    struct Mounted
    {
        std::string type; ///< of the file system: `tmpfs`, `overlay`
        bool readOnly = false;
        bool holdsEngineSocket = false;

        bool operator==(const Mounted&) const = default;
    };

    /// Why nothing at all was seen, as `the engine is on another machine`; empty when something was.
    std::string unseen;

    std::optional<bool> filtersCalls; ///< a seccomp filter is on
    std::optional<bool> noNewPrivileges;
    std::optional<std::set<std::string>> capabilities;   ///< in any set of any process, without `CAP_`
    std::optional<std::set<std::int64_t>> users;         ///< real, effective, saved and file system ids
    std::optional<std::set<std::int64_t>> groups;        ///< likewise, supplementary ones with them
    std::optional<std::string> profile;                  ///< of mandatory access control; empty: the host has none
    std::optional<std::set<std::string>> hostNamespaces; ///< those that it shares with the host: `net`, `pid`
    std::optional<std::map<std::string, Mounted>> mounts;
    std::optional<bool> hasWayOut; ///< a default route over the host; one to nobody leads nowhere

    /// Limits in force; 0: none.
    std::optional<std::int64_t> memoryBytes;
    std::optional<std::int64_t> swapBytes; ///< on top of memory; -1: unlimited
    std::optional<std::int64_t> nanoCpus;
    std::optional<std::int64_t> pidsLimit;

    bool operator==(const KernelView&) const = default;
};

struct Isolation
{
    ObservedInstance engine; ///< stale networks are left out
    KernelView kernel;
    /// Whatever stands in the metadata of its image and could hold a secret: environment, labels, commands, history.
    /// Empty where the image is gone.
    std::vector<std::string> imageTexts;
};

}
