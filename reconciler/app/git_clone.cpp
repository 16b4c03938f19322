#include "app/git_clone.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace mcpctl
{

namespace
{

namespace fs = std::filesystem;

constexpr auto fetched = "refs/mcpctl/fetched";

struct Stopped
{
};

void checkOptions(const GitClone::Options& options)
{
    const auto& url = options.url;
    const auto isControl = [](unsigned char c) { return std::iscntrl(c) != 0; };
    if (url.empty() || url.starts_with('-') || std::any_of(url.begin(), url.end(), isControl))
        throw GitError(fmt::format("`{}` is not the URL of a git repository", maskCredentials(url)));
    if (url.starts_with("ext::"))
        throw GitError("a URL that begins with ext:: runs a command, so it is refused");
    const auto name = "refs/heads/" + options.branch;
    if (!options.branch.empty() && !runGit({.arguments = {"check-ref-format", name}}).ok())
        throw GitError(fmt::format("`{}` is not a name for a branch", options.branch));
}

/// What git said, in one line.
std::string why(const GitResult& result, std::chrono::milliseconds timeout)
{
    if (result.end == GitResult::End::timedOut)
        return fmt::format("no end within {}", timeout);
    if (result.errors.empty())
        return fmt::format("git ended with {}", result.exitCode);
    std::string text;
    for (const char c : result.errors)
        text += c == '\n' ? std::string("; ") : std::string(1, c);
    return text;
}

/// What is cloned. Credentials may change without a change of what is cloned.
std::string sourceOf(const GitClone::Options& options)
{
    return maskCredentials(options.url) + "\n" + options.branch + "\n";
}

}

GitClone::GitClone(Options options) : options_(std::move(options))
{
    try
    {
        checkOptions(options_);
        options_.folder = fs::absolute(options_.folder);
        place_.emplace(options_.folder);
        // Manifests of another branch or repository must not be taken for these, least of all while the remote is away.
        const auto source = sourceOf(options_);
        if (place_->note() == source)
            return;
        fs::remove(folder());
        place_->setNote(source);
    }
    catch (const std::runtime_error& error)
    {
        throw GitError(error.what());
    }
}

bool GitClone::update(const std::stop_token& stop)
{
    try
    {
        try
        {
            const bool changed = bring(stop);
            provenSound_ = false;
            return changed;
        }
        catch (const GitError&)
        {
            if (isSound(stop))
                throw;
            fs::remove_all(repository());
            return bring(stop);
        }
    }
    catch (const Stopped&)
    {
        return false;
    }
    catch (const std::system_error& error)
    {
        throw GitError(error.what());
    }
}

bool GitClone::bring(const std::stop_token& stop)
{
    removeStaleLocks();
    ask("prepare the clone", {"init", "--quiet", "--bare", "--template=", repository().string()}, stop);
    fetch(stop);
    const auto newest = ask("read what was fetched", {"rev-parse", "--verify", fetched}, stop);
    if (newest == commit() && isIntact(stop))
        return false;
    makeTree(newest, stop);
    return true;
}

/// From here on nobody but this object writes to the repository: what locks it is left from a git that was killed.
void GitClone::removeStaleLocks() const
{
    if (!fs::is_directory(repository()))
        return;
    std::vector<fs::path> locks;
    for (const auto& each : fs::recursive_directory_iterator(repository()))
        if (each.path().extension() == ".lock")
            locks.push_back(each.path());
    for (const auto& each : locks)
        fs::remove(each);
}

void GitClone::fetch(const std::stop_token& stop)
{
    const auto ref = options_.branch.empty() ? "HEAD" : "refs/heads/" + options_.branch;
    std::vector<std::string> arguments{
        "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance"};
    if (shallow_)
        arguments.emplace_back("--depth=1");
    arguments.insert(arguments.end(), {"origin", fmt::format("+{}:{}", ref, fetched)});
    const auto result = git(arguments, stop);
    if (result.ok())
        return;
    if (shallow_ && result.errors.find("does not support shallow") != std::string::npos)
    {
        shallow_ = false;
        return fetch(stop);
    }
    const auto branch = options_.branch.empty() ? "" : fmt::format("branch {} of ", options_.branch);
    throw GitError(
        fmt::format("cannot fetch {}{}: {}", branch, maskCredentials(options_.url), why(result, options_.timeout)));
}

void GitClone::makeTree(const std::string& commit, const std::stop_token& stop)
{
    const auto trees = options_.folder / "trees";
    std::error_code none;
    const auto before = fs::read_symlink(folder(), none).filename();
    const auto tree = trees / (before == commit ? commit + ".again" : commit);
    fs::create_directories(trees);
    fs::remove_all(tree); // of a run that was interrupted
    ask("forget old trees", {"worktree", "prune"}, stop);
    ask("check out " + commit, {"worktree", "add", "--quiet", "--force", "--detach", tree.string(), commit}, stop);
    asMade_ = treeStatus(tree, stop);
    swapTo(tree);
    sweep(tree.filename(), before);
    git({"gc", "--auto", "--quiet"}, stop); // a clone that grows is no reason to fail
}

void GitClone::swapTo(const fs::path& tree) const
{
    // After a loss of power, an empty file where a manifest was would be read as servers that nobody wants any more.
    if (const int fd = ::open(tree.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); fd >= 0)
    {
        ::syncfs(fd);
        ::close(fd);
    }
    const auto next = options_.folder / "current.new";
    fs::remove(next);
    fs::create_directory_symlink(fs::path("trees") / tree.filename(), next);
    fs::rename(next, folder());
}

void GitClone::sweep(const fs::path& keep, const fs::path& keepToo) const
{
    std::vector<fs::path> old;
    for (const auto& each : fs::directory_iterator(options_.folder / "trees"))
        if (each.path().filename() != keep && each.path().filename() != keepToo)
            old.push_back(each.path());
    for (const auto& each : old)
        fs::remove_all(each);
}

/// What git says of a tree. Never of another repository that the folder may be in.
std::string GitClone::treeStatus(const fs::path& tree, const std::stop_token& stop) const
{
    const auto result = git({"--git-dir", (tree / ".git").string(), "--work-tree", tree.string(), "status",
                             "--porcelain=v2", "--branch", "--ignored"},
                            stop);
    return result.ok() ? result.output : why(result, options_.timeout);
}

bool GitClone::isIntact(const std::stop_token& stop) const
{
    const auto clean = fmt::format("# branch.oid {}\n# branch.head (detached)", commit());
    // A tree may differ from its commit as soon as it is made: line endings that a filter changes, say.
    return treeStatus(folder(), stop) == (asMade_.empty() ? clean : asMade_);
}

/// Whether a failure is somebody else's. Asked once for each row of failures: it reads the whole repository.
bool GitClone::isSound(const std::stop_token& stop)
{
    if (!provenSound_)
    {
        const auto result = git({"fsck", "--no-dangling", "--no-progress"}, stop);
        provenSound_ = result.end == GitResult::End::timedOut || result.ok();
    }
    return provenSound_;
}

/// Runs git on the repository, unless the arguments begin with another one. Throws Stopped.
GitResult GitClone::git(std::vector<std::string> arguments, const std::stop_token& stop) const
{
    if (arguments.front() != "--git-dir")
        arguments.insert(arguments.begin(), {"--git-dir", repository().string()});
    auto result =
        runGit({.arguments = std::move(arguments),
                .timeout = options_.timeout,
                .config = {{"remote.origin.url", options_.url}, {"gc.autoDetach", "false"}, {"gc.pruneExpire", "now"}},
                .stop = stop});
    if (result.end == GitResult::End::stopped)
        throw Stopped();
    return result;
}

std::string GitClone::ask(const std::string& what, std::vector<std::string> arguments,
                          const std::stop_token& stop) const
{
    auto result = git(std::move(arguments), stop);
    if (!result.ok())
        throw GitError(
            fmt::format("cannot {} in {}: {}", what, options_.folder.string(), why(result, options_.timeout)));
    return std::move(result.output);
}

std::string GitClone::commit() const
{
    std::error_code error;
    if (!fs::is_directory(folder(), error))
        return "";
    const auto name = fs::read_symlink(folder(), error).filename().string();
    return name.substr(0, name.find('.'));
}

}
