#pragma once

#include "model/desired_state.h"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mcpctl
{

/// What mcpctl wrote on an instance when it made it. Design: "What is on the engine".
struct Marks
{
    std::string project;
    std::string server;
    std::string profile;
    std::string instance; ///< the full name it was made for
    std::string specHash;
    std::map<std::string, std::string> fieldHashes; ///< as they were at creation
    std::string revision;
    std::string version;
    bool pruneDisabled = false;

    bool operator==(const Marks&) const = default;
};

enum class RunState
{
    created, ///< never started
    running,
    restarting, ///< the engine waits to start it again after a crash
    paused,
    exited,
    dead,
};

std::string_view toString(RunState state);

/// An instance of ours as it is now.
struct ObservedInstance
{
    std::string id;   ///< the engine's, never used again for another
    std::string name; ///< its name now: the marks' instance, or that with `.new-...` / `.old-...`
    Marks marks;
    ServerSpec spec;
    std::string imageId;
    RunState state = RunState::created;
    int exitCode = 0;
    int restarts = 0;
    bool oomKilled = false;
    std::string error;     ///< the engine's words when it could not start it
    std::string startedAt; ///< RFC 3339; empty: never
    std::string createdAt; ///< RFC 3339
    std::string health;    ///< the engine's: `healthy`, `unhealthy`, `starting`, or empty
    /// Networks that it hangs on and that are gone or were made anew: it cannot start with them.
    std::set<NetworkName> staleNetworks;
    /// What its files of secrets hold cannot be read from here, so spec.secretFiles is empty.
    bool secretFilesHidden = false;
    /// Where it is reached on each network while it runs; for people, never compared.
    std::map<NetworkName, std::string> addresses;
};

/// The instance that a container of this name is of: `p-a-b` for itself, `p-a-b.new-...` and `p-a-b.old-...`, for
/// during a replace all of them are about one.
std::string instanceOf(const std::string& name);

/// Something on the engine that is not ours. Known by what the list says: never inspected for a plan, never touched.
struct Foreign
{
    std::string id;
    std::string name;
    std::string why;                ///< why it is not ours, where one could think so; else empty
    std::set<NetworkName> networks; ///< that it hangs on, also while it is stopped
    bool marked = false;            ///< it says of itself that mcpctl manages it
};

struct ObservedNetwork
{
    std::string id;
    NetworkSpec spec;
    bool ours = false;        ///< labelled by mcpctl (of this project, or shared)
    std::string ownerProject; ///< the label's; empty where there is none
};

/// Everything that diff() looks at, taken in one go: complete, or not there at all.
struct ObservedState
{
    std::string engineId;                    ///< identifies the engine across connections
    std::vector<ObservedInstance> instances; ///< ours, of this project; sorted by name
    std::vector<Foreign> foreign;            ///< sorted by name
    std::map<NetworkName, ObservedNetwork> networks;
    /// Two networks of one name, which an old engine lets happen.
    std::set<NetworkName> ambiguousNetworks;
    /// Image reference or id -> what it stands for on this engine. A reference that is not there is
    /// not on the engine.
    std::map<std::string, ImageInfo> images;
    /// Reference -> `name@sha256:...` that the registry has for it now, for instances with pullPolicy
    /// always (see referenceFor).
    std::map<std::string, std::string> pins;
    /// Ports that are to be published, and on which something else listens; only what could be found out. Their
    /// targetPort is 0.
    std::set<Publication> portsInUse{};
    std::vector<std::string> notes; ///< what could not be found out, and does not matter enough to fail
};

/// What a new instance of `want` is made from: what the registry has now where it is to be asked always
/// and did answer, else the reference as written. Two instances may write the same reference and differ
/// in this.
std::string referenceFor(const DesiredInstance& want, const ObservedState& observed);

}
