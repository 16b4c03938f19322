#include "support/memory_engine.h"

#include "support/alloc_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mcpctl::test
{

namespace
{

using Kind = OrchestratorError::Kind;

constexpr std::int64_t patience = 2000; ///< an end that is due this soon after a start happens within the call
constexpr int revivals = 3;             ///< at once; then the engine waits longer than anybody looks

bool revives(const RestartPolicy& restart, int exitCode)
{
    return restart.when == RestartPolicy::When::always || restart.when == RestartPolicy::When::unlessStopped ||
           (restart.when == RestartPolicy::When::onFailure && exitCode != 0);
}

bool isUp(const MemoryContainer& container)
{
    return container.state == RunState::running || container.state == RunState::paused ||
           container.state == RunState::restarting;
}

/// What the engine shows for what it was asked for: secrets are plain values, and it knows no MCP.
ServerSpec shown(ServerSpec spec, const Launch& launch, const ImageInfo& image)
{
    spec = withImageDefaults(std::move(spec), image);
    spec.image = launch.image;
    for (auto& [key, value] : spec.env)
        value = EnvValue{value.text, std::nullopt, true};
    if (spec.health.type != HealthCheck::Type::command)
    {
        const bool none = spec.health.type == HealthCheck::Type::none;
        spec.health = {};
        spec.health.type = none ? HealthCheck::Type::none : HealthCheck::Type::image;
    }
    spec.networks.clear();
    return spec;
}

}

/// One call: the interceptor sees it first, then it happens under the lock, then the interceptor sees it again.
class MemoryEngine::Step
{
public:
    template <typename Body>
    static auto write(MemoryEngine& engine, const std::string& verb, const std::string& id, const Body& body)
    {
        std::string call;
        {
            const std::lock_guard lock(engine.mutex_);
            call = id.empty() ? verb : verb + " " + engine.nameOf(id);
        }
        if (engine.interceptor_)
            engine.interceptor_(When::before, true, call);
        if constexpr (std::is_void_v<decltype(body())>)
        {
            locked(engine, call, body);
            close(engine, call);
        }
        else
        {
            auto result = locked(engine, call, body);
            close(engine, call);
            return result;
        }
    }

    template <typename Body>
    static auto read(const MemoryEngine& engine, const std::string& call, const Body& body)
    {
        if (engine.interceptor_)
            engine.interceptor_(When::before, false, call);
        const AllocFault::Elsewhere inTheEngine;
        const std::lock_guard lock(engine.mutex_);
        return body();
    }

private:
    template <typename Body>
    static auto locked(MemoryEngine& engine, const std::string& call, const Body& body)
    {
        const AllocFault::Elsewhere inTheEngine;
        const std::lock_guard lock(engine.mutex_);
        ++engine.now_;
        engine.journal_.push_back(call);
        return body();
    }

    static void close(MemoryEngine& engine, const std::string& call)
    {
        bool died = false;
        {
            const std::lock_guard lock(engine.mutex_);
            std::swap(died, engine.died_);
        }
        if (died)
            engine.events_.settle();
        if (engine.interceptor_)
            engine.interceptor_(When::after, true, call);
    }
};

MemoryEngine::MemoryEngine(World world) : world_(std::move(world))
{
    for (const auto& [id, container] : world_.containers)
        names_.emplace(container.name, id);
}

void MemoryEngine::list(const std::function<void(const World&, const MemoryContainer&)>& each) const
{
    Step::read(*this, "list",
               [&]
               {
                   for (const auto& [id, container] : world_.containers)
                       each(world_, container);
               });
}

MemoryContainer MemoryEngine::inspect(const std::string& id) const
{
    return Step::read(*this, "inspect", [&] { return const_cast<MemoryEngine*>(this)->need(id); });
}

std::vector<MemoryNetwork> MemoryEngine::networks() const
{
    return Step::read(*this, "networks", [&] { return world_.networks; });
}

std::optional<ImageInfo> MemoryEngine::image(const std::string& reference) const
{
    return Step::read(*this, "image " + reference,
                      [&]
                      {
                          const auto* found = findImage(reference);
                          return found == nullptr ? std::nullopt : std::optional(found->info);
                      });
}

std::string MemoryEngine::resolve(const std::string& reference) const
{
    return Step::read(*this, "resolve " + reference,
                      [&]
                      {
                          const auto found = world_.registries.find(reference);
                          if (found == world_.registries.end())
                              throw OrchestratorError(Kind::notFound, "no registry has " + reference);
                          if (!found->second.failure.empty())
                              throw OrchestratorError(Kind::failed, found->second.failure);
                          return pinOf(reference, found->second.image.info.id);
                      });
}

void MemoryEngine::readLog(const std::string& id, const LogOptions& options, const LogSink& sink,
                           const std::stop_token& stop) const
{
    Step::read(*this, "log", [&] { const_cast<MemoryEngine*>(this)->need(id); });
    std::unique_lock lock(mutex_);
    const auto ends = [&] { return ends_.contains(id) ? ends_.at(id) : 0; };
    const auto breaksBefore = logBreaks_;
    const auto endsBefore = ends();
    const auto size = [&] { return world_.containers.contains(id) ? world_.containers.at(id).log.size() : 0; };
    std::size_t next = size() - std::min(size(), options.tail < 0 ? size() : static_cast<std::size_t>(options.tail));
    while (!stop.stop_requested() && ends() == endsBefore)
    {
        if (logBreaks_ != breaksBefore)
            throw OrchestratorError(Kind::unreachable, "read the log of " + id + ": the engine went away");
        if (next < size())
        {
            const auto entry = world_.containers.at(id).log[next++];
            const bool wanted = entry.timeNanos >= options.sinceNanos.value_or(0) &&
                                entry.timeNanos <= options.untilNanos.value_or(entry.timeNanos) &&
                                options.only.value_or(entry.stream) == entry.stream;
            lock.unlock();
            if (wanted && !sink({entry.stream, options.timestamps ? entry.timeNanos : 0, entry.text}))
                return;
            lock.lock();
            continue;
        }
        if (!options.follow || !world_.containers.contains(id) || !isUp(world_.containers.at(id)))
            return;
        logChanged_.wait(lock, stop,
                         [&] { return next < size() || ends() != endsBefore || logBreaks_ != breaksBefore; });
    }
}

ImageInfo MemoryEngine::pull(const std::string& reference)
{
    return Step::write(*this, "pull " + reference, "",
                       [&]
                       {
                           for (const auto& [name, published] : world_.registries)
                           {
                               const auto pin = pinOf(name, published.image.info.id);
                               if (reference != name && reference != pin)
                                   continue;
                               if (!published.failure.empty())
                                   throw OrchestratorError(Kind::failed,
                                                           fmt::format("pull {}: {}", reference, published.failure));
                               const auto id = published.image.info.id;
                               world_.images.insert_or_assign(id, published.image);
                               world_.tags[reference] = id; // a pull by digest leaves no tag
                               world_.tags[pin] = id;
                               return published.image.info;
                           }
                           throw OrchestratorError(Kind::notFound, fmt::format("pull {}: not found", reference));
                       });
}

std::string MemoryEngine::create(const std::string& name, const Launch& launch)
{
    return Step::write(*this, "create " + name, "",
                       [&]
                       {
                           refuseWhenTaken(name);
                           const auto* image = findImage(launch.image);
                           if (image == nullptr)
                               throw OrchestratorError(Kind::notFound,
                                                       fmt::format("create {}: no such image: {}", name, launch.image));
                           MemoryContainer made;
                           made.id = freshId();
                           made.name = name;
                           made.marks = launch.marks;
                           made.spec = shown(launch.spec, launch, image->info);
                           made.spec.fixedAddresses.clear();
                           made.imageId = image->info.id;
                           made.createdAt = now_;
                           if (ignoreLimits_)
                               made.spec.resources = Resources{0, 0, 0, 0, 0, 0, 0};
                           for (const auto& [network, aliases] : launch.spec.networks)
                           {
                               hang(made, network, aliases, addressOn(launch.spec, network));
                               if (oneNetworkAtCreate_)
                                   break;
                           }
                           names_.emplace(name, made.id);
                           const auto id = made.id;
                           const auto& kept = world_.containers.emplace(id, std::move(made)).first->second;
                           tell(Event::Type::create, kept);
                           return id;
                       });
}

void MemoryEngine::start(const std::string& id)
{
    Step::write(*this, "start", id,
                [&]
                {
                    auto& container = need(id);
                    if (container.state == RunState::paused)
                        throw OrchestratorError(Kind::failed, "start " + container.name + ": it is paused");
                    if (container.state == RunState::dead)
                        throw OrchestratorError(Kind::failed, "start " + container.name + ": it is dead");
                    if (container.state == RunState::running)
                        return;
                    container.restarts = 0;
                    run(container);
                });
}

void MemoryEngine::stop(const std::string& id)
{
    Step::write(*this, "stop", id,
                [&]
                {
                    auto& container = need(id);
                    if (isUp(container))
                        end(container, 143, false, true);
                });
}

void MemoryEngine::unpause(const std::string& id)
{
    Step::write(*this, "unpause", id,
                [&]
                {
                    auto& container = need(id);
                    if (container.state == RunState::paused)
                        container.state = RunState::running;
                });
}

void MemoryEngine::rename(const std::string& id, const std::string& name)
{
    Step::write(*this, fmt::format("rename to {}", name), id,
                [&]
                {
                    auto& container = need(id);
                    refuseWhenTaken(name);
                    names_.erase(container.name);
                    names_.emplace(name, id);
                    const auto oldName = std::exchange(container.name, name);
                    tell(Event::Type::rename, container, [&](Event& event) { event.oldName = oldName; });
                });
}

void MemoryEngine::update(const std::string& id, const Resources& resources, const RestartPolicy& restart)
{
    Step::write(*this, "update", id,
                [&]
                {
                    auto& container = need(id);
                    if (!ignoreLimits_)
                        container.spec.resources = resources;
                    container.spec.restart = restart;
                    tell(Event::Type::update, container);
                });
}

void MemoryEngine::updateRestart(const std::string& id, const RestartPolicy& restart)
{
    Step::write(*this, "update restart of", id,
                [&]
                {
                    auto& container = need(id);
                    container.spec.restart = restart;
                    tell(Event::Type::update, container);
                });
}

void MemoryEngine::remove(const std::string& id)
{
    Step::write(*this, "remove", id,
                [&]
                {
                    auto& container = need(id);
                    if (isUp(container))
                        end(container, 137, false, true);
                    tell(Event::Type::destroy, container);
                    names_.erase(container.name);
                    world_.containers.erase(id);
                });
}

void MemoryEngine::configure(const std::string& id, const std::map<std::string, std::string>& files)
{
    Step::write(*this, "configure", id, [&] { need(id).spec.configFiles = files; });
}

void MemoryEngine::createNetwork(const NetworkSpec& network)
{
    Step::write(*this, "create network " + network.name.text, "",
                [&]
                {
                    for (const auto& each : world_.networks)
                        if (each.spec.name == network.name)
                            throw OrchestratorError(Kind::conflict, "network " + network.name.text + " exists");
                    world_.networks.push_back({freshId(), network, true});
                    tellNetwork(Event::Type::networkCreate, network.name);
                });
}

void MemoryEngine::removeNetwork(const std::string& id)
{
    Step::write(*this, "remove network", "",
                [&]
                {
                    const auto found = std::find_if(world_.networks.begin(), world_.networks.end(),
                                                    [&](const auto& each) { return each.id == id; });
                    if (found == world_.networks.end())
                        throw OrchestratorError(Kind::notFound, "no such network: " + id);
                    for (const auto& [key, container] : world_.containers)
                    {
                        const auto hangs = container.networkIds.find(found->spec.name);
                        if (isUp(container) && hangs != container.networkIds.end() && hangs->second == id)
                            throw OrchestratorError(Kind::failed, fmt::format("network {} has active endpoints: {}",
                                                                              found->spec.name.text, container.name));
                    }
                    const auto name = found->spec.name;
                    world_.networks.erase(found);
                    tellNetwork(Event::Type::networkDestroy, name);
                });
}

void MemoryEngine::connect(const std::string& id, const NetworkName& network, const std::set<std::string>& aliases,
                           const std::string& address)
{
    Step::write(*this, fmt::format("connect {}", network.text), id,
                [&]
                {
                    auto& container = need(id);
                    if (container.networkIds.count(network) > 0)
                        throw OrchestratorError(Kind::conflict, container.name + " is on " + network.text + " already");
                    hang(container, network, aliases, address);
                    tellHanging(Event::Type::networkConnect, container, {network});
                });
}

void MemoryEngine::disconnect(const std::string& id, const NetworkName& network)
{
    Step::write(*this, fmt::format("disconnect {}", network.text), id,
                [&]
                {
                    auto& container = need(id);
                    if (container.networkIds.erase(network) == 0)
                        throw OrchestratorError(Kind::notFound, container.name + " is not on " + network.text);
                    container.spec.networks.erase(network);
                    container.spec.fixedAddresses.erase(network);
                    tellHanging(Event::Type::networkDisconnect, container, {network});
                });
}

MemoryContainer& MemoryEngine::need(const std::string& id)
{
    const auto found = world_.containers.find(id);
    if (found == world_.containers.end())
        throw OrchestratorError(Kind::notFound, "no such container: " + id);
    return found->second;
}

const std::string& MemoryEngine::nameOf(const std::string& id) const
{
    const auto found = world_.containers.find(id);
    return found == world_.containers.end() ? id : found->second.name;
}

const MemoryImage* MemoryEngine::findImage(const std::string& reference) const
{
    const auto tag = world_.tags.find(reference);
    const auto image = world_.images.find(tag == world_.tags.end() ? reference : tag->second);
    return image == world_.images.end() ? nullptr : &image->second;
}

const MemoryNetwork& MemoryEngine::needNetwork(const NetworkName& name) const
{
    for (const auto& network : world_.networks)
        if (network.spec.name == name)
            return network;
    throw OrchestratorError(Kind::notFound, "network " + name.text + " not found");
}

void MemoryEngine::refuseWhenTaken(const std::string& name) const
{
    if (const auto holder = names_.find(name); holder != names_.end())
        throw OrchestratorError(Kind::conflict,
                                fmt::format("the name {} is in use by {}", name, holder->second.substr(0, 12)));
}

void MemoryEngine::hang(MemoryContainer& container, const NetworkName& network, const std::set<std::string>& aliases,
                        const std::string& address)
{
    container.networkIds[network] = needNetwork(network).id;
    container.spec.networks[network] = aliases;
    if (!address.empty())
        container.spec.fixedAddresses[network] = address;
}

void MemoryEngine::run(MemoryContainer& container)
{
    for (const auto& [name, id] : container.networkIds)
        if (needNetwork(name).id != id)
            throw OrchestratorError(Kind::failed, fmt::format("start {}: network {} not found", container.name, id));
    for (const auto& port : container.spec.publications)
        for (const auto& [id, other] : world_.containers)
            if (isUp(other) && id != container.id)
                for (const auto& taken : other.spec.publications)
                    if (taken.hostPort == port.hostPort &&
                        (taken.address == port.address || taken.address == "0.0.0.0" || port.address == "0.0.0.0"))
                        throw OrchestratorError(Kind::conflict,
                                                fmt::format("start {}: port {}:{} is already allocated", container.name,
                                                            port.address, port.hostPort));
    static const Behaviour plain;
    const auto image = world_.images.find(container.imageId);
    const auto& behaviour = image == world_.images.end() ? plain : image->second.behaviour;
    if (behaviour.kind == Behaviour::Kind::neverStarts)
    {
        container.error = "exec: no such file or directory";
        container.exitCode = 127;
        throw OrchestratorError(Kind::failed, fmt::format("start {}: {}", container.name, container.error));
    }
    container.state = RunState::running;
    container.startedAt = now_;
    container.error.clear();
    for (const auto& line : behaviour.log)
        container.log.push_back({line + "\n", LogStream::err, now_ * 1'000'000});
    tellHanging(Event::Type::networkConnect, container, networksOf(container));
    tell(Event::Type::start, container);
    if (behaviour.kind != Behaviour::Kind::ends)
        return;
    if (behaviour.after.count() > patience)
        deaths_.push_back({container.id, now_ + behaviour.after.count()});
    else
        end(container, behaviour.exitCode, behaviour.outOfMemory, false);
}

void MemoryEngine::end(MemoryContainer& container, int exitCode, bool outOfMemory, bool byUser)
{
    deaths_.erase(std::remove_if(deaths_.begin(), deaths_.end(), [&](const Death& d) { return d.id == container.id; }),
                  deaths_.end());
    container.exitCode = exitCode;
    container.oomKilled = outOfMemory;
    ++ends_[container.id];
    logChanged_.notify_all();
    if (outOfMemory)
        tell(Event::Type::oom, container);
    died_ = true;
    if (byUser || !revives(container.spec.restart, exitCode))
    {
        container.state = RunState::exited;
        tellDeath(container);
        if (byUser)
            tell(Event::Type::stop, container);
        return;
    }
    container.state = RunState::restarting;
    tellDeath(container);
    ++container.restarts;
    if (container.restarts < revivals)
        revive(container);
}

/// As the engine does it by itself: nobody hears of a failure, but it shows.
void MemoryEngine::revive(MemoryContainer& container)
{
    try
    {
        run(container);
    }
    catch (const OrchestratorError& error)
    {
        container.state = RunState::exited;
        container.error = error.what();
    }
}

void MemoryEngine::tell(Event::Type type, const MemoryContainer& container, const std::function<void(Event&)>& details)
{
    Event event;
    event.type = type;
    event.id = container.id;
    event.name = container.name;
    event.timeNanos = timeNanos(now_);
    if (details)
        details(event);
    const bool ours = container.marks && isOurs(container, ProjectName(container.marks->project));
    const auto owner = container.marks ? container.marks->project : std::string();
    if (ours || type == Event::Type::rename)
        events_.tell(owner, event);
    if (type != Event::Type::create && type != Event::Type::rename && type != Event::Type::destroy)
        return;
    event.type = type == Event::Type::destroy ? Event::Type::nameFreed : Event::Type::nameTaken;
    events_.tell(ours ? owner : "", event);
}

void MemoryEngine::tellDeath(const MemoryContainer& container)
{
    tell(Event::Type::die, container, [&](Event& event) { event.exitCode = container.exitCode; });
    tellHanging(Event::Type::networkDisconnect, container, networksOf(container));
}

void MemoryEngine::tellHanging(Event::Type type, const MemoryContainer& container,
                               const std::set<NetworkName>& networks)
{
    for (const auto& network : networks)
        tell(type, container, [&](Event& event) { event.network = network.text; });
}

void MemoryEngine::tellNetwork(Event::Type type, const NetworkName& network)
{
    Event event;
    event.type = type;
    event.network = network.text;
    event.timeNanos = timeNanos(now_);
    events_.tell("", event);
}

Stats MemoryEngine::measure(const std::string& id) const
{
    return Step::read(*this, "measure",
                      [&]
                      {
                          const auto& container = const_cast<MemoryEngine*>(this)->need(id);
                          if (!isUp(container) || container.state == RunState::restarting)
                              throw OrchestratorError(Kind::failed, "measure " + container.name + ": it does not run");
                          Stats stats;
                          stats.timeNanos = timeNanos(now_);
                          stats.cpuNanos = static_cast<std::uint64_t>(now_ - container.startedAt) * 1'000'000;
                          stats.onlineCpus = 1;
                          stats.memoryBytes = 1 << 20;
                          stats.memoryLimitBytes = static_cast<std::uint64_t>(container.spec.resources.memoryBytes);
                          stats.pids = 1;
                          stats.pidsLimit = static_cast<std::uint64_t>(container.spec.resources.pidsLimit);
                          return stats;
                      });
}

std::int64_t MemoryEngine::eventsBetween(const std::string& project, std::int64_t since,
                                         std::optional<std::int64_t> until, const EventSink& sink) const
{
    const auto now = Step::read(*this, "past events", [&] { return timeNanos(now_ + 1); });
    const auto end = std::min(until.value_or(now), now);
    for (const auto& event : events_.remembered(project, since, end))
        sink(event);
    return end;
}

void MemoryEngine::die(std::int64_t until)
{
    while (true)
    {
        const auto next = std::min_element(deaths_.begin(), deaths_.end(),
                                           [](const Death& left, const Death& right) { return left.at < right.at; });
        if (next == deaths_.end() || next->at > until)
            return;
        const Death death = *next;
        now_ = std::max(now_, death.at);
        auto& container = need(death.id);
        const auto& behaviour = world_.images.at(container.imageId).behaviour;
        end(container, behaviour.exitCode, behaviour.outOfMemory, false);
    }
}

std::string MemoryEngine::freshId()
{
    // splitmix64: ids that share no prefix, and the same ones in each run.
    std::uint64_t mixed = ++made_ * 0x9e3779b97f4a7c15ULL;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return fmt::format("{:016x}{:048x}", mixed ^ (mixed >> 31), made_);
}

World MemoryEngine::world() const
{
    const std::lock_guard lock(mutex_);
    return world_;
}

void MemoryEngine::change(const std::function<void(World&)>& change)
{
    const std::lock_guard lock(mutex_);
    change(world_);
    names_.clear();
    for (const auto& [id, container] : world_.containers)
        names_.emplace(container.name, id);
}

void MemoryEngine::write(const std::string& id, const std::string& text, LogStream stream, std::int64_t timeNanos)
{
    const std::lock_guard lock(mutex_);
    need(id).log.push_back({text, stream, timeNanos == 0 ? ++now_ * 1'000'000 : timeNanos});
    logChanged_.notify_all();
}

void MemoryEngine::breakLogs()
{
    const std::lock_guard lock(mutex_);
    ++logBreaks_;
    logChanged_.notify_all();
}

void MemoryEngine::crash(const std::string& id, int exitCode, bool outOfMemory)
{
    {
        const std::lock_guard lock(mutex_);
        auto& container = need(id);
        ++now_; // or one that is revived at once would have begun when it began before
        if (isUp(container))
            end(container, exitCode, outOfMemory, false);
        died_ = false;
    }
    events_.settle();
}

void MemoryEngine::advance(std::chrono::milliseconds time)
{
    {
        const std::lock_guard lock(mutex_);
        const auto until = now_ + time.count();
        die(until);
        now_ = until;
        died_ = false;
    }
    events_.settle();
}

void MemoryEngine::restart()
{
    const std::lock_guard lock(mutex_);
    ++logBreaks_;
    logChanged_.notify_all();
    ++now_;
    events_.forget();
    for (auto& [id, container] : world_.containers)
    {
        const auto when = container.spec.restart.when;
        const bool revived =
            when == RestartPolicy::When::always || (when == RestartPolicy::When::unlessStopped && isUp(container));
        if (isUp(container))
            container.state = RunState::exited;
        if (revived)
            revive(container);
    }
}

void MemoryEngine::intercept(Interceptor interceptor)
{
    const std::lock_guard lock(mutex_);
    interceptor_ = std::move(interceptor);
}

std::vector<std::string> MemoryEngine::journal() const
{
    const std::lock_guard lock(mutex_);
    return journal_;
}

void MemoryEngine::clearJournal()
{
    const std::lock_guard lock(mutex_);
    journal_.clear();
}

}
