#pragma once

#include "orchestrator/orchestrator.h"
#include "support/memory_events.h"
#include "support/memory_world.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace mcpctl::test
{

/// What a real engine offers, in memory: small steps, each of which happens or does not. A crash of
/// mcpctl falls between two of them.
///
/// Any thread may call any member. An instance that ends tells so before the call returns that made it
/// end, to every listener; time is virtual: each call takes a millisecond, advance() the rest.
class MemoryEngine
{
public:
    enum class When
    {
        before,
        after,
    };

    /// Called around each call, without a lock: what it throws leaves the call. `writes`: the call changes something.
    using Interceptor = std::function<void(When, bool writes, const std::string& call)>;

    explicit MemoryEngine(World world = {});

    // Calls, as an engine's API has them. All throw OrchestratorError.
    /// `each` calls nothing of the engine.
    void list(const std::function<void(const World&, const MemoryContainer&)>& each) const;
    MemoryContainer inspect(const std::string& id) const;
    std::vector<MemoryNetwork> networks() const;
    std::optional<ImageInfo> image(const std::string& reference) const;
    std::string resolve(const std::string& reference) const;
    /// A followed log ends as soon as the process does, with what was not handed out by then left behind: as much as an
    /// engine may do to a follower.
    void readLog(const std::string& id, const LogOptions& options, const LogSink& sink,
                 const std::stop_token& stop) const;
    Stats measure(const std::string& id) const;
    std::int64_t eventsBetween(const std::string& project, std::int64_t since, std::optional<std::int64_t> until,
                               const EventSink& sink) const;

    ImageInfo pull(const std::string& reference);
    /// Connected to all networks at once, unless takeOneNetworkAtCreate() made this an older engine.
    std::string create(const std::string& name, const Launch& launch);
    void start(const std::string& id);
    void stop(const std::string& id);
    void unpause(const std::string& id);
    void rename(const std::string& id, const std::string& name);
    void update(const std::string& id, const Resources& resources, const RestartPolicy& restart);
    void updateRestart(const std::string& id, const RestartPolicy& restart);
    void remove(const std::string& id); ///< running or not
    void configure(const std::string& id, const std::map<std::string, std::string>& files);
    void createNetwork(const NetworkSpec& network);
    void removeNetwork(const std::string& id);
    void connect(const std::string& id, const NetworkName& network, const std::set<std::string>& aliases,
                 const std::string& address);
    void disconnect(const std::string& id, const NetworkName& network);

    // For tests.
    World world() const;
    void change(const std::function<void(World&)>& change); ///< by somebody else: no call, no event
    /// By the process. No time: now.
    void write(const std::string& id, const std::string& text, LogStream stream = LogStream::err,
               std::int64_t timeNanos = 0);
    void breakLogs(); ///< those that are being read
    void crash(const std::string& id, int exitCode, bool outOfMemory = false);
    void advance(std::chrono::milliseconds time); ///< what is due meanwhile happens
    void restart(); ///< of the engine: what it revives runs again, and events of before are forgotten
    void intercept(Interceptor interceptor);
    void takeOneNetworkAtCreate(bool one) { oneNetworkAtCreate_ = one; }
    void ignoreLimits(bool ignore) { ignoreLimits_ = ignore; } ///< accepts limits and does not enforce them
    std::vector<std::string> journal() const; ///< calls that write, as `create mcpctl-p-a`; those that failed too
    void clearJournal();
    MemoryEvents& events() { return events_; }

private:
    struct Death
    {
        std::string id;
        std::int64_t at = 0;
    };

    class Step; ///< one call: interceptor, lock, journal

    MemoryContainer& need(const std::string& id);
    const std::string& nameOf(const std::string& id) const;
    const MemoryImage* findImage(const std::string& reference) const;
    const MemoryNetwork& needNetwork(const NetworkName& name) const;
    void refuseWhenTaken(const std::string& name) const;
    void hang(MemoryContainer& container, const NetworkName& network, const std::set<std::string>& aliases,
              const std::string& address);
    void run(MemoryContainer& container);
    void revive(MemoryContainer& container);
    void end(MemoryContainer& container, int exitCode, bool outOfMemory, bool byUser);
    void tell(Event::Type type, const MemoryContainer& container, const std::function<void(Event&)>& details = {});
    void tellDeath(const MemoryContainer& container);
    void tellHanging(Event::Type type, const MemoryContainer& container, const std::set<NetworkName>& networks);
    void tellNetwork(Event::Type type, const NetworkName& network);
    void die(std::int64_t until);
    std::string freshId();

    mutable std::mutex mutex_;
    World world_;                                        ///< guarded by mutex_
    std::unordered_map<std::string, std::string> names_; ///< name -> id; guarded by mutex_
    mutable std::int64_t now_ = 1;                       ///< virtual milliseconds; guarded by mutex_
    std::uint64_t made_ = 0;                             ///< guarded by mutex_
    std::vector<Death> deaths_;                          ///< to come; guarded by mutex_
    mutable std::vector<std::string> journal_;           ///< guarded by mutex_
    bool died_ = false;                                  ///< by the call in hand; guarded by mutex_
    std::map<std::string, std::uint64_t> ends_{};        ///< of processes, by container; guarded by mutex_
    std::uint64_t logBreaks_ = 0;                        ///< guarded by mutex_
    mutable std::condition_variable_any logChanged_;
    bool oneNetworkAtCreate_ = false;
    bool ignoreLimits_ = false;
    Interceptor interceptor_;
    MemoryEvents events_;
};

}
