#pragma once

#include "app/watch_loop.h"
#include "model/timestamp.h"
#include "support/fleet.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace mcpctl::test
{

/// A loop over a folder of manifests and an engine in memory, on a thread of its own.
struct Watched : Fleet
{
    explicit Watched(Backoffs::Times backoffs = {std::chrono::seconds(1), std::chrono::seconds(300),
                                                 std::chrono::seconds(600)})
    {
        ::setenv("MCPCTL_LOCK_DIR", (folder.path() / "lock").c_str(), 1);
        server("a");
        server("b");
        profile("- server: a\n    - server: b");
        global.project = "mcpctl";
        global.secrets = {{SecretSource::Kind::folder, folder.path() / "none"}};
        options.reconcile.paths = {(folder.path() / "manifests").string()};
        options.reconcile.settle = std::chrono::milliseconds(0);
        options.reconcile.readyTimeout = std::chrono::seconds(20);
        options.backoffs = backoffs;
        listener.onPass = [this](const PassSummary& summary)
        {
            const std::lock_guard lock(mutex);
            passes.push_back(summary);
            changed.notify_all();
        };
    }

    ~Watched() { ::unsetenv("MCPCTL_LOCK_DIR"); }

    void server(const std::string& name, const std::string& more = "")
    {
        folder.write("manifests/" + name + ".yaml", "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: " + name +
                                                        "}\nspec:\n  image: " + appImage +
                                                        "\n  health: {type: none}\n" + more);
    }

    void profile(const std::string& servers)
    {
        folder.write("manifests/profile.yaml",
                     "apiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: dev}\nspec:\n  servers:\n    " + servers +
                         "\n");
    }

    void start()
    {
        seen = passes.size();
        loop.emplace(global, options, orchestrator, wakeUp, recorder, listener, log);
        thread = std::jthread([this](const std::stop_token& stop) { loop->run(stop); });
        awaitPass();
    }

    /// Wakes the loop, and waits until a pass that began after that is over.
    PassSummary wake(WakeReason reason)
    {
        const auto now = nowMicros();
        wakeUp.wake(reason);
        auto summary = awaitPass();
        while (summary.begunMicros < now)
            summary = awaitPass();
        return summary;
    }

    /// The next pass that nobody has waited for yet.
    PassSummary awaitPass()
    {
        std::unique_lock lock(mutex);
        BOOST_REQUIRE_MESSAGE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return passes.size() > seen; }),
                              "no pass");
        return passes[seen++];
    }

    /// Whether it comes true at some moment of the next minute, which a busy machine may need for what takes
    /// milliseconds.
    template <typename Condition>
    bool comes(const Condition& condition)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        bool holds = condition();
        for (; !holds && std::chrono::steady_clock::now() < end; holds = condition())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return holds;
    }

    template <typename Condition>
    void eventually(const Condition& condition)
    {
        BOOST_REQUIRE(comes(condition));
    }

    bool runs(const std::string& name)
    {
        const auto world = engine.world();
        return std::any_of(world.containers.begin(), world.containers.end(),
                           [&](const auto& each)
                           { return each.second.name == name && each.second.state == RunState::running; });
    }

    /// A pass finds nothing to do.
    bool isSettled()
    {
        return wake(WakeReason::asked).result == PassSummary::Result::done && loop->state()->plan.steps.empty();
    }

    std::string idOf(const std::string& name) { return container(name).id; }

    bool has(const std::string& id) const { return engine.world().containers.contains(id); }

    TemporaryFolder folder;
    GlobalOptions global;
    WatchLoop::Options options;
    WatchListener listener;
    WakeUp wakeUp;
    std::string logged; ///< guarded by mutex
    Log log{LogLevel::debug, [this](const std::string& line)
            {
                const std::lock_guard lock(mutex);
                logged += line;
            }};
    Recorder recorder{{}, folder.path() / "journal", {}};
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<PassSummary> passes; ///< guarded by mutex
    std::size_t seen = 0;            ///< of the passes; guarded by mutex
    std::optional<WatchLoop> loop;
    std::jthread thread; ///< last: it uses all of the above
};

}
