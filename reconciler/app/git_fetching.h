#pragma once

#include "app/git_clone.h"
#include "app/log.h"
#include "app/options.h"

#include <functional>
#include <string>
#include <thread>

namespace mcpctl
{

/// Keeps the clone of `watch --git` current.
class GitFetching
{
public:
    GitFetching(const WatchOptions& watch, const Log& log);

    /// Where the manifests are: in the tree of one commit, so the next one has another place. Any thread.
    std::string folder() const;

    using Fetched = std::function<void(const std::string& error, bool changed)>;

    /// Fetches once, and on the thread that it returns each interval. `fetched` gets why it failed, or nothing, and
    /// whether there is another commit.
    std::jthread begin(Fetched fetched, const std::stop_token& stop);

private:
    void fetch(const Fetched& fetched, const std::stop_token& stop);

    GitClone clone_;
    const std::filesystem::path below_;
    const std::chrono::milliseconds interval_;
    const Log& log_;
};

}
