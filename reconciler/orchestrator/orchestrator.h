#pragma once

#include "model/desired_state.h"
#include "model/observed_state.h"
#include "orchestrator/channel.h"
#include "orchestrator/error.h"
#include "orchestrator/isolation.h"
#include "orchestrator/live.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// The seam. One engine behind it runs servers; the pipeline in front of it knows no engine's words.
/// Implementations: docker/ and, in the tests, an in-memory world; one contract suite
/// (tests/support/orchestrator_contract.h) holds for all of them. docs/writing-an-orchestrator.md
/// is the guide for the next.
///
/// Every member may be called from several threads at once. Every member throws OrchestratorError
/// when the world fails; none catches to log. Every call has a deadline or a stop token.
namespace mcpctl
{

struct EngineInfo
{
    std::string id; ///< stable over restarts of the engine and connections to it
    std::string version;
    std::string apiVersion;
};

struct Listing
{
    std::vector<ObservedInstance> ours;    ///< sorted by name
    std::vector<Foreign> foreign;          ///< sorted by name
    std::vector<ObservedNetwork> networks; ///< as getNetworkInfo() has them, and read after the rest
};

enum class LiveStatus
{
    running,
    stopped,
    error, ///< crashed, cannot be started, or gone
};

/// The read-only half: all that plan, status and logs get to hold.
class OrchestratorView
{
public:
    virtual ~OrchestratorView() = default;

    virtual EngineInfo getEngineInfo() const = 0;

    /// Every instance of `project`, fully inspected, and the names of everything else. Complete or an
    /// error; one that goes away meanwhile is left out.
    virtual Listing listInstances(const ProjectName& project) const = 0;

    /// All networks of the engine.
    virtual std::vector<ObservedNetwork> getNetworkInfo() const = 0;

    /// Nothing when the engine has not got it.
    virtual std::optional<ImageInfo> inspectImage(const std::string& reference) const = 0;

    /// What the registry has for `reference` now, as `name@sha256:...`; nothing is pulled.
    virtual std::string resolveInRegistry(const std::string& reference) const = 0;

    virtual LiveStatus getStatus(const std::string& id) const = 0;

    /// One that is gone is unhealthy.
    virtual Health getHealth(const std::string& id) const = 0;

    /// What holds it in, by the engine and by the kernel; of any instance on the engine, whoever's it is. Throws for
    /// one that is gone (notFound). What cannot be seen from here is said to be unseen, and is no error.
    virtual Isolation getIsolation(const std::string& id) const = 0;

    /// Returns at the end of the log (with `follow`: when the process has ended), when the sink has enough,
    /// or when stopped. Throws when the stream breaks, and for an instance that keeps no log.
    virtual void getLogs(const std::string& id, const LogOptions& options, const LogSink& sink,
                         std::stop_token stop) const = 0;

    /// One measurement, at once. Throws for an instance that is gone (notFound) or does not run (failed).
    virtual Stats getStats(const std::string& id) const = 0;

    /// Calls `sink` from this thread until stopped; throws when the stream breaks. Told are: events of the
    /// project's instances, networks that come and go, and who else takes or frees a name `PROJECT-...`.
    virtual void subscribeEvents(const ProjectName& project, const EventSink& sink, std::stop_token stop) const = 0;

    /// The events from `sinceNanos` to `untilNanos` (at most, and by default, now) that the engine still
    /// remembers, both moments included, in its order. It may have forgotten any of them. Never waits.
    /// Returns the moment up to which it told; all moments are on the engine's clock.
    virtual std::int64_t eventsBetween(const ProjectName& project, std::int64_t sinceNanos,
                                       std::optional<std::int64_t> untilNanos, const EventSink& sink) const = 0;
};

/// What a new instance is made from. `spec` has secrets resolved; `marks` are what it shall carry.
struct Launch
{
    InstanceName name;
    ServerSpec spec;
    std::string image; ///< reference or id to create from; it is on the engine
    Marks marks;
};

struct Readiness
{
    bool ready = false;
    std::string why; ///< why not, with the last log lines; or what is worth knowing of one that is ready
};

/// Waits until the instance is ready or will not be. Called by replaceServer after the new one started.
using ReadyGate = std::function<Readiness(const std::string& id)>;

struct PullProgress
{
    std::uint64_t bytesDone = 0;
    std::uint64_t bytesTotal = 0; ///< 0 while unknown
    std::string status;
};

using PullSink = std::function<void(const PullProgress&)>;

/// The whole: reading and acting. Acting is idempotent where the engine allows it: stopping what is
/// gone succeeds, and so does connecting what is connected.
class McpOrchestrator : public OrchestratorView
{
public:
    virtual ImageInfo pullImage(const std::string& reference, const PullSink& progress, std::stop_token stop) = 0;

    /// Makes an instance and starts it; returns its id. Isolation and limits are read back before
    /// anything runs: what the engine did not put in force is an error and leaves no instance behind.
    virtual std::string startServer(const Launch& launch) = 0;

    /// Stops (within the instance's grace period), then removes. The engine must not revive it meanwhile.
    virtual void stopServer(const std::string& id) = 0;

    /// Stops and keeps.
    virtual void suspendServer(const std::string& id) = 0;
    /// Starts what is stopped.
    virtual void resumeServer(const std::string& id) = 0;

    /// Stops within the instance's grace period and starts again, also what the engine waits to revive.
    virtual void restartServer(const std::string& id) = 0;

    /// Puts `launch` in the place of `oldId`: the new one is made before the old one stops, the old one
    /// is kept until `gate` says ready, and if it does not is put back and runs, with the restart policy
    /// of `launch` (Kind::rolledBack). A crash at any point leaves names by which diff() knows what to
    /// do: `NAME.new-HASH`, `NAME.old-SHORTID`. Returns the new id.
    virtual std::string replaceServer(const Launch& launch, const std::string& oldId, const ReadyGate& gate) = 0;

    /// Gives `id` the instance name `name` and the restart policy `restart`. What an interrupted replace needs.
    virtual void restoreServer(const std::string& id, const InstanceName& name, const RestartPolicy& restart) = 0;

    /// In place, and read back.
    virtual void setResourceLimits(const std::string& id, const Resources& resources, const RestartPolicy& restart) = 0;

    /// Writes `files` in place of its configuration files, the same paths as at its start, and, where it runs, lets
    /// its process load them. Throws with the process's words when it does not, and it goes on with the old ones;
    /// until then they are shown as they are not. Repeating it is harmless.
    virtual void setConfiguration(const std::string& id, const std::map<std::string, std::string>& files) = 0;

    /// Creates it, or finds it as it shall be; one that is otherwise is an error, not a change.
    virtual void ensureNetworkExists(const NetworkSpec& network) = 0;
    /// Succeeds when it is gone; an error while something hangs on it.
    virtual void removeNetwork(const std::string& id) = 0;
    /// `address`: a fixed one, that connections over it survive a disconnect and connect; empty: the engine's choice.
    virtual void connectNetwork(const std::string& id, const NetworkName& network, const std::set<std::string>& aliases,
                                const std::string& address) = 0;
    virtual void disconnectNetwork(const std::string& id, const NetworkName& network) = 0;

    /// The stdio of the instance's process, from now on. When the one who attached goes, a stdio server reads
    /// end of file and ends, and the engine starts a fresh one by its restart policy. Several who attach at
    /// once all see everything: keeping it to one is the caller's business.
    virtual std::unique_ptr<Channel> attach(const std::string& id) = 0;

    /// The stdio of a second, independent process of the same command inside the running instance, under its
    /// limits. It ends when it reads end of file, as MCP asks of servers.
    virtual std::unique_ptr<Channel> runBeside(const std::string& id) = 0;

    /// A TCP connection to `port` of the running instance, from within its network and by the address that its
    /// peers know. Kind::unreachable when nothing accepts it, at once or by the end of the first read.
    virtual std::unique_ptr<Channel> dial(const std::string& id, std::uint16_t port) = 0;
};

}
