#include "app/folder_watch.h"
#include "app/git_clone.h"
#include "app/revision.h"
#include "support/process_channel.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <thread>

using namespace mcpctl;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace
{

std::string git(const fs::path& folder, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"-C", folder.string()});
    const auto result = runGit({.arguments = std::move(arguments)});
    if (!result.ok())
        throw std::runtime_error("git: " + result.errors);
    return result.output;
}

std::string read(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> namesIn(const fs::path& folder)
{
    std::set<std::string> names;
    for (const auto& each : fs::directory_iterator(folder))
        names.insert(each.path().filename());
    return names;
}

/// A bare repository, and a work tree from which commits are pushed to it. git has no configuration but the test's.
struct Remote : test::TemporaryFolder
{
    fs::path bare = path() / "srv" / "fleet.git";
    fs::path work = path() / "work";
    fs::path clone = path() / "clone";
    std::string url = "file://" + bare.string();

    Remote()
    {
        configure("");
        ::setenv("GIT_CONFIG_GLOBAL", (path() / "gitconfig").c_str(), 1);
        ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
        git(path(), {"init", "-q", "--bare", "-b", "main", bare.string()});
        git(path(), {"init", "-q", "-b", "main", work.string()});
        git(work, {"remote", "add", "origin", bare.string()});
        commit("a: 1\n");
    }
    ~Remote()
    {
        ::unsetenv("GIT_CONFIG_GLOBAL");
        ::unsetenv("GIT_CONFIG_NOSYSTEM");
    }

    void configure(const std::string& more) const
    {
        write("gitconfig", "[user]\n\tname = t\n\temail = t@example.invalid\n" + more);
    }
    /// Pushes `text` as a.yaml; returns the commit.
    std::string commit(const std::string& text, const std::string& branch = "main") const
    {
        write("work/a.yaml", text);
        git(work, {"add", "-A"});
        git(work, {"commit", "-q", "--allow-empty", "-m", "c"});
        git(work, {"push", "-q", "--force", "origin", "HEAD:refs/heads/" + branch});
        return git(work, {"rev-parse", "HEAD"});
    }
    GitClone::Options options(const std::string& branch = "") const { return {url, branch, clone}; }
};

/// Serves repositories over HTTP on 127.0.0.1, as git-http-backend does, and plain files beside it.
class WebServer
{
public:
    /// `access`: a line of httpd.conf, as in `/cgi-bin:user:password`.
    explicit WebServer(const test::TemporaryFolder& folder, const std::string& access = "")
        : root_(folder.path() / "srv"), port_(freePort())
    {
        configuration_ = folder.write("httpd.conf", access + "\n");
        const auto script =
            folder.write("srv/cgi-bin/git", "#!/bin/sh\nexport GIT_HTTP_EXPORT_ALL=1 GIT_PROJECT_ROOT='" +
                                                root_.string() + "'\nexec \"$(git --exec-path)/git-http-backend\"\n");
        fs::permissions(script, fs::perms(0755));
        start();
    }

    void start()
    {
        process_ = test::ProcessChannel::start({"busybox", "httpd", "-f", "-p", "127.0.0.1:" + std::to_string(port_),
                                                "-h", root_.string(), "-c", configuration_.string()});
        for (int i = 0; i < 400 && !answers(); ++i)
            std::this_thread::sleep_for(5ms);
        BOOST_REQUIRE(answers());
    }
    void kill() { process_.reset(); }
    std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
    std::string url(const std::string& credentials = "") const
    {
        return "http://" + credentials + host() + "/cgi-bin/git/fleet.git";
    }

private:
    static sockaddr_in address(std::uint16_t port)
    {
        sockaddr_in out{};
        out.sin_family = AF_INET;
        out.sin_port = htons(port);
        out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return out;
    }
    static std::uint16_t freePort()
    {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        auto at = address(0);
        socklen_t size = sizeof at;
        ::bind(fd, reinterpret_cast<sockaddr*>(&at), size);
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
        ::close(fd);
        return ntohs(at.sin_port);
    }
    bool answers() const
    {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const auto at = address(port_);
        const bool ok = ::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
        ::close(fd);
        return ok;
    }

    fs::path root_, configuration_;
    std::uint16_t port_;
    std::unique_ptr<test::ProcessChannel> process_;
};

/// What update() complains about; empty if it does not.
std::string complaint(GitClone& clone)
{
    try
    {
        clone.update({});
        return "";
    }
    catch (const GitError& error)
    {
        return error.what();
    }
}

std::string refusal(const GitClone::Options& options)
{
    try
    {
        const GitClone clone(options);
        return "";
    }
    catch (const GitError& error)
    {
        return error.what();
    }
}

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

}

BOOST_FIXTURE_TEST_SUITE(git_clone_test, Remote)

BOOST_AUTO_TEST_CASE(each_new_commit_is_checked_out_once)
{
    GitClone c(options());
    BOOST_TEST(c.commit() == "");
    BOOST_TEST(!fs::exists(c.folder()));
    BOOST_TEST(c.update({}));
    BOOST_TEST(read(c.folder() / "a.yaml") == "a: 1\n");
    BOOST_TEST(!c.update({}));

    const auto second = commit("a: 2\n");
    BOOST_TEST(c.update({}));
    BOOST_TEST(c.commit() == second);
    BOOST_TEST(read(c.folder() / "a.yaml") == "a: 2\n");
    BOOST_TEST(!c.update({}));
    BOOST_TEST(gitRevision({c.folder().string()}) == second);
}

BOOST_AUTO_TEST_CASE(a_reader_who_followed_the_link_keeps_its_tree_and_old_trees_go)
{
    GitClone c(options());
    c.update({});
    const auto mine = fs::canonical(c.folder());
    commit("a: 2\n");
    c.update({});
    BOOST_TEST(read(mine / "a.yaml") == "a: 1\n");
    commit("a: 3\n");
    c.update({});
    BOOST_TEST(!fs::exists(mine));
    BOOST_TEST(namesIn(clone / "trees").size() == 2U);
    BOOST_TEST(namesIn(clone / "repository" / "worktrees").size() <= 3U);
}

BOOST_AUTO_TEST_CASE(no_reader_ever_sees_parts_of_two_commits)
{
    for (int i = 0; i < 50; ++i)
        write("work/part" + std::to_string(i), "0");
    commit("0");
    GitClone c(options());
    c.update({});
    std::atomic<bool> over{false};
    std::atomic<int> mixed{0}, looks{0};
    std::jthread reader(
        [&]
        {
            for (; !over; ++looks)
            {
                const auto tree = fs::canonical(c.folder());
                const auto first = read(tree / "a.yaml");
                for (int i = 0; i < 50; ++i)
                    mixed += read(tree / ("part" + std::to_string(i))) != first ? 1 : 0;
            }
        });
    for (int version = 1; version <= 10; ++version)
    {
        for (int i = 0; i < 50; ++i)
            write("work/part" + std::to_string(i), std::to_string(version));
        commit(std::to_string(version));
        BOOST_TEST(c.update({}));
    }
    over = true;
    reader.join();
    BOOST_TEST(looks > 10);
    BOOST_TEST(mixed == 0);
}

BOOST_AUTO_TEST_CASE(a_branch_is_followed_also_when_it_is_forced_back)
{
    const auto first = git(work, {"rev-parse", "HEAD"});
    commit("a: side\n", "side/one");
    GitClone c(options("side/one"));
    BOOST_TEST(c.update({}));
    BOOST_TEST(read(c.folder() / "a.yaml") == "a: side\n");
    commit("a: main\n");
    BOOST_TEST(!c.update({}));
    git(work, {"push", "-q", "--force", "origin", first + ":refs/heads/side/one"});
    BOOST_TEST(c.update({}));
    BOOST_TEST(c.commit() == first);
    git(work, {"checkout", "-q", "--orphan", "fresh"});
    const auto unrelated = commit("a: other\n", "side/one");
    BOOST_TEST(c.update({}));
    BOOST_TEST(c.commit() == unrelated);
}

BOOST_AUTO_TEST_CASE(without_a_branch_the_one_of_the_remotes_head_counts)
{
    GitClone c(options());
    c.update({});
    const auto other = commit("a: other\n", "other");
    BOOST_TEST(!c.update({}));
    git(bare, {"symbolic-ref", "HEAD", "refs/heads/other"});
    BOOST_TEST(c.update({}));
    BOOST_TEST(c.commit() == other);
}

BOOST_AUTO_TEST_CASE(a_branch_that_is_deleted_is_an_error_and_the_tree_stays)
{
    const auto last = commit("a: side\n", "side");
    GitClone c(options("side"));
    c.update({});
    git(bare, {"update-ref", "-d", "refs/heads/side"});
    const auto text = complaint(c);
    BOOST_TEST(text == "cannot fetch branch side of " + url + ": fatal: couldn't find remote ref refs/heads/side");
    BOOST_TEST(c.commit() == last);
    BOOST_TEST(read(c.folder() / "a.yaml") == "a: side\n");
}

BOOST_AUTO_TEST_CASE(a_remote_that_is_away_is_an_error_and_the_tree_stays_until_it_is_back)
{
    WebServer web(*this);
    url = web.url();
    GitClone c(options());
    BOOST_TEST(c.update({}));
    web.kill();
    const auto second = commit("a: 2\n");
    for (int i = 0; i < 3; ++i)
    {
        const auto text = complaint(c);
        BOOST_TEST(contains(text, "cannot fetch " + url), text);
        BOOST_TEST(read(c.folder() / "a.yaml") == "a: 1\n");
    }
    web.start();
    BOOST_TEST(c.update({}));
    BOOST_TEST(c.commit() == second);
}

BOOST_AUTO_TEST_CASE(a_server_that_only_has_files_is_cloned_from_too)
{
    const WebServer web(*this);
    commit("a: 2\n");
    git(bare, {"update-server-info"});
    url = "http://" + web.host() + "/fleet.git";
    GitClone c(options("main"));
    BOOST_TEST(c.update({}));
    BOOST_TEST(read(c.folder() / "a.yaml") == "a: 2\n");
    const auto third = commit("a: 3\n");
    git(bare, {"update-server-info"});
    BOOST_TEST(c.update({}));
    BOOST_TEST(c.commit() == third);
}

BOOST_AUTO_TEST_CASE(the_users_credential_helper_is_asked)
{
    const WebServer web(*this, "/cgi-bin:deploy:s3cret");
    url = web.url();
    GitClone c(options());
    const auto text = complaint(c);
    BOOST_TEST(contains(text, "could not read Username"), text);
    write("credentials", "http://deploy:s3cret@" + web.host() + "\n");
    configure("[credential]\n\thelper = store --file=" + (path() / "credentials").string() + "\n");
    BOOST_TEST(c.update({}));
    BOOST_TEST(read(c.folder() / "a.yaml") == "a: 1\n");
}

BOOST_AUTO_TEST_CASE(credentials_in_the_url_work_and_are_neither_told_nor_kept)
{
    WebServer web(*this, "/cgi-bin:deploy:s3cret");
    url = web.url("deploy:wr0ng@");
    {
        GitClone c(options());
        const auto text = complaint(c);
        BOOST_TEST(contains(text, "cannot fetch http://(secret)@" + web.host()), text);
        BOOST_TEST(!contains(text, "wr0ng"), text);
    }
    url = web.url("deploy:s3cret@");
    GitClone c(options());
    BOOST_TEST(c.update({}));
    web.kill();
    const auto text = complaint(c);
    BOOST_TEST(!contains(text, "s3cret"), text);
    for (const auto& each : fs::recursive_directory_iterator(clone))
        if (each.is_regular_file())
            BOOST_TEST(!contains(read(each.path()), "s3cret"), each.path());
}

BOOST_AUTO_TEST_CASE(credentials_are_masked_wherever_a_url_has_them)
{
    BOOST_TEST(maskCredentials("x https://me:pw@h/p and 'http://token@h' ftp://h/a@b") ==
               "x https://(secret)@h/p and 'http://(secret)@h' ftp://h/a@b");
    BOOST_TEST(maskCredentials("ssh://git@h/p ssh://git:pw@h/p") == "ssh://git@h/p ssh://(secret)@h/p");
    BOOST_TEST(maskCredentials("https://me:p@w@h/p") == "https://(secret)@h/p");
    BOOST_TEST(maskCredentials("git@h:p, ://, and nothing") == "git@h:p, ://, and nothing");
}

BOOST_AUTO_TEST_CASE(a_next_run_goes_on_where_the_last_ended)
{
    const auto first = git(work, {"rev-parse", "HEAD"});
    GitClone(options()).update({});
    fs::rename(bare, path() / "away");
    {
        GitClone c(options());
        BOOST_TEST(c.commit() == first); // there before anybody is asked
        BOOST_TEST(complaint(c) != "");
        BOOST_TEST(read(c.folder() / "a.yaml") == "a: 1\n");
    }
    fs::rename(path() / "away", bare);
    BOOST_TEST(!GitClone(options()).update({}));
}

BOOST_AUTO_TEST_CASE(what_an_interrupted_run_left_is_cleared_away)
{
    GitClone(options()).update({});
    const auto second = commit("a: 2\n");
    for (const auto* lock : {"shallow.lock", "packed-refs.lock", "config.lock", "refs/mcpctl/fetched.lock"})
        write("clone/repository/" + std::string(lock), "");
    write("clone/trees/" + second + "/a.yaml", "a: half"); // a checkout that did not end
    fs::create_directory_symlink("trees/nothing", clone / "current.new");
    GitClone c(options());
    BOOST_TEST(c.update({}));
    BOOST_TEST(c.commit() == second);
    BOOST_TEST(read(c.folder() / "a.yaml") == "a: 2\n");
}

BOOST_AUTO_TEST_CASE(a_repository_that_is_broken_is_made_anew)
{
    GitClone c(options());
    c.update({});
    const auto second = commit("a: 2\n");
    write("clone/repository/config", "[core\n");
    BOOST_TEST(c.update({}));
    BOOST_TEST(c.commit() == second);

    const auto third = commit("a: 3\n");
    for (const auto& each : fs::recursive_directory_iterator(clone / "repository" / "objects"))
        if (each.is_regular_file())
            fs::permissions(each.path(), fs::perms(0644)), fs::resize_file(each.path(), 1);
    BOOST_TEST(c.update({}));
    BOOST_TEST(c.commit() == third);

    fs::remove_all(clone / "repository");
    BOOST_TEST(c.update({})); // the same commit, in a tree that git knows
    BOOST_TEST(gitRevision({c.folder().string()}) == third);
    BOOST_TEST(!c.update({}));
}

BOOST_AUTO_TEST_CASE(a_half_made_repository_is_made_whole)
{
    write("clone/.mcpctl-clone", "");
    fs::create_directories(clone / "repository" / "objects");
    write("clone/repository/HEAD", "");
    GitClone c(options());
    BOOST_TEST(c.update({}));
    BOOST_TEST(read(c.folder() / "a.yaml") == "a: 1\n");
}

BOOST_AUTO_TEST_CASE(a_tree_that_somebody_changed_is_mended_without_a_gap)
{
    GitClone c(options());
    c.update({});
    const auto first = c.commit();
    for (const auto* change : {"a.yaml", "added.yaml"})
    {
        write("clone/current/" + std::string(change), "by: hand\n");
        const auto spoilt = fs::canonical(c.folder());
        BOOST_TEST(c.update({}), change);
        BOOST_TEST(c.commit() == first);
        BOOST_TEST(fs::canonical(c.folder()) != spoilt);
        BOOST_TEST(read(c.folder() / "a.yaml") == "a: 1\n");
        BOOST_TEST(!fs::exists(c.folder() / "added.yaml"));
        BOOST_TEST(!c.update({}));
    }
}

BOOST_AUTO_TEST_CASE(a_tree_that_a_filter_changes_is_not_mended_for_ever)
{
    write("work/.gitattributes", "crlf.yaml text\n");
    git(work, {"-c", "core.autocrlf=false", "add", "-A"});
    // CRLF in the commit, although the attribute says that there is none.
    write("blob", "a: 1\r\n");
    const auto blob = git(work, {"hash-object", "-w", "--no-filters", (path() / "blob").string()});
    git(work, {"update-index", "--add", "--cacheinfo", "100644," + blob + ",crlf.yaml"});
    git(work, {"commit", "-q", "-m", "crlf"});
    git(work, {"push", "-q", "origin", "HEAD:main"});
    GitClone c(options());
    BOOST_TEST(c.update({}));
    BOOST_TEST(git(c.folder(), {"status", "--porcelain"}) != "");
    BOOST_TEST(!c.update({}));
}

BOOST_AUTO_TEST_CASE(a_folder_with_something_else_in_it_is_refused_and_left_alone)
{
    write("clone/precious.txt", "mine");
    BOOST_TEST(refusal(options()) ==
               clone.string() + " holds something that mcpctl did not put there; give it a folder of its own");
    BOOST_TEST(namesIn(clone) == std::set<std::string>{"precious.txt"});
    write("file", "");
    clone = path() / "file";
    BOOST_TEST(refusal(options()) != "");
}

BOOST_AUTO_TEST_CASE(two_at_a_time_are_refused)
{
    const GitClone first(options());
    BOOST_TEST(refusal(options()) == "another mcpctl keeps its clone in " + clone.string());
}

BOOST_AUTO_TEST_CASE(manifests_of_another_source_are_not_taken_for_these)
{
    commit("a: side\n", "side");
    GitClone(options("side")).update({});
    fs::rename(bare, path() / "away");
    GitClone c(options("main"));
    BOOST_TEST(c.commit() == "");
    BOOST_TEST(complaint(c) != "");
    BOOST_TEST(!fs::exists(c.folder()));
}

BOOST_AUTO_TEST_CASE(who_watches_the_folder_is_woken_by_each_commit_and_not_by_a_fetch_of_nothing)
{
    GitClone c(options());
    c.update({});
    std::atomic<int> calls{0};
    const FolderWatch watch({c.folder()}, {.debounce = 60ms}, [&calls] { ++calls; });
    BOOST_TEST(!watch.polling());
    for (int i = 1; i <= 3; ++i)
    {
        c.update({});
        std::this_thread::sleep_for(300ms);
        BOOST_TEST(calls == i - 1);
        commit("a: again " + std::to_string(i) + "\n");
        c.update({});
        for (int wait = 0; wait < 1000 && calls < i; ++wait)
            std::this_thread::sleep_for(5ms);
        BOOST_TEST(calls == i);
    }
}

BOOST_AUTO_TEST_CASE(what_could_run_a_command_or_is_no_url_is_refused)
{
    for (const auto* bad : {"", "--upload-pack=touch /tmp/x", "-u", "ext::sh -c true", "http://h/\n"})
    {
        url = bad;
        BOOST_TEST(refusal(options()) != "", bad);
    }
    url = "file:///x";
    for (const auto* bad : {"a b", "a:b", "*", "../x", "a..b"})
        BOOST_TEST(refusal(options(bad)) != "", bad);
    configure("[url \"ext::sh -c 'touch " + (path() / "ran").string() +
              "' \"]\n\tinsteadOf = trick:\n[protocol \"ext\"]\n\tallow = always\n");
    url = "trick:x";
    GitClone c(options());
    BOOST_TEST(contains(complaint(c), "transport 'ext' not allowed"));
    BOOST_TEST(!fs::exists(path() / "ran"));
}

BOOST_AUTO_TEST_CASE(submodules_and_hooks_are_not_followed)
{
    git(work, {"-c", "protocol.file.allow=always", "submodule", "--quiet", "add", bare.string(), "sub"});
    commit("a: 2\n");
    configure("[submodule]\n\trecurse = true\n[protocol \"file\"]\n\tallow = always\n[core]\n\thooksPath = " +
              (path() / "hooks").string() + "\n");
    const auto hook = write("hooks/post-checkout", "#!/bin/sh\ntouch '" + (path() / "ran").string() + "'\n");
    fs::permissions(hook, fs::perms(0755));
    GitClone c(options());
    BOOST_TEST(c.update({}));
    BOOST_TEST(fs::is_empty(c.folder() / "sub"));
    BOOST_TEST(!fs::exists(path() / "ran"));
}

BOOST_AUTO_TEST_CASE(a_remote_that_does_not_answer_is_given_up_or_left_when_stopped)
{
    // The kernel takes the connection, and nobody reads from it.
    const int silent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    ::bind(silent, reinterpret_cast<sockaddr*>(&at), size);
    ::listen(silent, 8);
    ::getsockname(silent, reinterpret_cast<sockaddr*>(&at), &size);
    url = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)) + "/x.git";

    auto impatient = options();
    impatient.timeout = 700ms;
    {
        GitClone c(impatient);
        BOOST_TEST(contains(complaint(c), "no end within 700ms"));
    }
    GitClone c(options());
    std::stop_source stop;
    const std::jthread stopper(
        [&stop]
        {
            std::this_thread::sleep_for(300ms);
            stop.request_stop();
        });
    const auto begun = std::chrono::steady_clock::now();
    BOOST_TEST(!c.update(stop.get_token()));
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 5s));
    ::close(silent);
}

BOOST_AUTO_TEST_CASE(variables_that_point_at_another_repository_do_not_count)
{
    ::setenv("GIT_DIR", (work / ".git").c_str(), 1);
    ::setenv("GIT_INDEX_FILE", (path() / "index").c_str(), 1);
    GitClone c(options());
    const bool updated = c.update({});
    ::unsetenv("GIT_DIR");
    ::unsetenv("GIT_INDEX_FILE");
    BOOST_TEST(updated);
    BOOST_TEST(read(c.folder() / "a.yaml") == "a: 1\n");
    BOOST_TEST(!fs::exists(path() / "index"));
}

BOOST_AUTO_TEST_CASE(no_descriptor_stays_behind)
{
    GitClone c(options());
    c.update({});
    const auto before = namesIn("/proc/self/fd").size();
    for (int i = 0; i < 20; ++i)
        c.update({});
    BOOST_TEST(namesIn("/proc/self/fd").size() == before);
}

BOOST_AUTO_TEST_SUITE_END()
