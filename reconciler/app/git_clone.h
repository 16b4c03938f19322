#pragma once

#include "app/git.h"
#include "app/owned_folder.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace mcpctl
{

/// A clone of one branch that is kept current, for readers who must never see half a commit.
///
/// Each commit is a tree of its own, and a link leads to the one that counts:
///
///     FOLDER/.mcpctl-clone       says that the folder is ours, and of what; locked while this lives
///     FOLDER/repository          bare, one commit deep
///     FOLDER/trees/COMMIT        a git work tree, complete before anything leads to it
///     FOLDER/current -> trees/COMMIT
///
/// Whatever fails, `current` stays as it was. The tree before the current one is kept until the next change, so who
/// reads follows the link once (`std::filesystem::canonical(clone.folder())`) and has one commit from then on.
class GitClone
{
public:
    struct Options
    {
        std::string url;
        std::string branch; ///< empty: the one that the remote's HEAD means, each time anew
        std::filesystem::path folder;
        std::chrono::milliseconds timeout{60'000}; ///< of each call of git
    };

    /// Takes the folder; asks nobody on the network. It is made where it is missing; a clone of something else that
    /// mcpctl kept in it is forgotten. Throws GitError for a URL or branch that is none, for a folder with
    /// something in it that mcpctl did not put there, and for one in use by another mcpctl.
    explicit GitClone(Options options);

    /// Fetches; true: another commit, or a mended tree of the same, is checked out now. What an earlier run left half
    /// done is repaired or made anew. False when stopped. Throws GitError: the text is for people, without credentials.
    /// One thread at a time.
    bool update(const std::stop_token& stop);

    /// The full id of what `folder()` leads to; empty: nothing was ever fetched. Any thread.
    std::string commit() const;

    /// The root of the newest tree: a link, which is swapped. Not there before the first commit. Any thread.
    std::filesystem::path folder() const { return options_.folder / "current"; }

private:
    bool bring(const std::stop_token& stop);
    void fetch(const std::stop_token& stop);
    void makeTree(const std::string& commit, const std::stop_token& stop);
    void swapTo(const std::filesystem::path& tree) const;
    void sweep(const std::filesystem::path& keep, const std::filesystem::path& keepToo) const;
    std::string treeStatus(const std::filesystem::path& tree, const std::stop_token& stop) const;
    bool isIntact(const std::stop_token& stop) const;
    bool isSound(const std::stop_token& stop);
    void removeStaleLocks() const;

    GitResult git(std::vector<std::string> arguments, const std::stop_token& stop) const;
    std::string ask(const std::string& what, std::vector<std::string> arguments, const std::stop_token& stop) const;
    std::filesystem::path repository() const { return options_.folder / "repository"; }

    Options options_;
    std::optional<OwnedFolder> place_;
    bool shallow_ = true;      ///< some servers cannot
    bool provenSound_ = false; ///< since the last update that worked
    std::string asMade_;       ///< what git says of the current tree, if it is one that this object made
};

}
