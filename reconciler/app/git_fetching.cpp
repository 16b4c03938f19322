#include "app/git_fetching.h"

#include "orchestrator/pause.h"

#include <fmt/format.h>

namespace mcpctl
{

GitFetching::GitFetching(const WatchOptions& watch, const Log& log)
    : clone_({.url = *watch.git, .branch = watch.branch, .folder = watch.reconcile.paths.front()}),
      below_(watch.pathInGit), interval_(watch.gitInterval), log_(log)
{
}

std::string GitFetching::folder() const
{
    std::error_code notThere;
    const auto tree = std::filesystem::canonical(clone_.folder(), notThere);
    return ((notThere ? clone_.folder() : tree) / below_).string();
}

std::jthread GitFetching::begin(Fetched fetched, const std::stop_token& stop)
{
    fetch(fetched, stop);
    return std::jthread(
        [this, fetched = std::move(fetched)](const std::stop_token& ended)
        {
            while (!ended.stop_requested())
            {
                pauseFor(interval_, ended);
                fetch(fetched, ended);
            }
        });
}

void GitFetching::fetch(const Fetched& fetched, const std::stop_token& stop)
{
    if (stop.stop_requested())
        return;
    try
    {
        const bool changed = clone_.update(stop);
        if (changed)
            log_.info(fmt::format("the manifests are at commit {}", clone_.commit()));
        fetched("", changed);
    }
    catch (const GitError& error)
    {
        fetched(error.what(), false);
    }
}

}
