#include "app/folder_watch.h"
#include "app/git.h"
#include "support/temporary_folder.h"

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <sched.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

using namespace mcpctl;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace
{

struct ByEvents
{
    static constexpr bool polling = false;
};
struct ByTheClock
{
    static constexpr bool polling = true;
};
using Modes = boost::mpl::list<ByEvents, ByTheClock>;

/// The times are squeezed, but for the one that would hide an event that was not heard.
FolderWatch::Options options(bool polling)
{
    return {.debounce = 60ms, .longest = 600ms, .pollEvery = 100ms, .sureEvery = 1h, .forcePolling = polling};
}

/// A watch that counts.
class Watched
{
public:
    Watched(const std::vector<fs::path>& paths, const FolderWatch::Options& how)
        : watch_(paths, how, [this] { ++calls_; })
    {
    }
    Watched(const fs::path& path, bool polling) : Watched(std::vector{path}, options(polling)) {}

    int calls() const { return calls_; }
    bool polling() const { return watch_.polling(); }

    /// Whether it was called since the last question, or is within the next minute.
    bool isCalled()
    {
        for (const auto end = std::chrono::steady_clock::now() + 1min; std::chrono::steady_clock::now() < end;)
        {
            std::this_thread::sleep_for(5ms);
            if (calls_ == asked_)
                continue;
            std::this_thread::sleep_for(250ms); // for what may follow of the same change
            asked_ = calls_;
            return true;
        }
        return false;
    }

    bool staysQuiet()
    {
        std::this_thread::sleep_for(350ms);
        return calls_ == asked_;
    }

private:
    std::atomic<int> calls_{0};
    int asked_ = 0;
    FolderWatch watch_;
};

struct Folder : test::TemporaryFolder
{
    fs::path root = path() / "m";

    Folder() { write("m/a.yaml", "a: 1\n"); }
};

int openDescriptors()
{
    return static_cast<int>(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

/// A commit in a mounted ConfigMap: a new folder, and a link that is swapped.
void publish(const Folder& folder, const std::string& version, const std::string& text)
{
    folder.write("m/.." + version + "/c.yaml", text);
    fs::create_directory_symlink(".." + version, folder.root / "..data_tmp");
    fs::rename(folder.root / "..data_tmp", folder.root / "..data");
}

bool put(const std::string& file, const std::string& text)
{
    return static_cast<bool>(std::ofstream(file) << text << std::flush);
}

/// What `check` returns in a process of its own, where inotify is no more.
bool withoutInotify(const char* limit, bool (*check)())
{
    const auto child = ::fork();
    if (child == 0)
    {
        const auto user = std::to_string(::geteuid());
        if (::unshare(CLONE_NEWUSER) != 0 || !put("/proc/self/uid_map", "0 " + user + " 1") ||
            !put(std::string("/proc/sys/user/") + limit, "0"))
            ::_exit(77);
        ::_exit(check() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
    {
        BOOST_TEST_MESSAGE("no user namespaces here: not tested");
        return true;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool seesAChangeByPolling()
{
    const Folder folder;
    Watched watched(folder.root, false);
    folder.write("m/a.yaml", "a: 2\n");
    return watched.polling() && watched.isCalled();
}

}

BOOST_FIXTURE_TEST_SUITE(folder_watch_test, Folder)

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_that_changes_nothing_wakes, Mode, Modes)
{
    write("m/b/.git/index", "1");
    Watched watched(root, Mode::polling);
    BOOST_TEST(watched.polling() == Mode::polling);
    BOOST_TEST(watched.staysQuiet());
    write("m/b/.git/index", "2");
    write("m/.git/refs/heads/main", "abc");
    write("m/.a.yaml.swp", "x");
    write("m/readme.md", "x");
    write("other/z.yaml", "z: 1\n");
    std::ifstream(root / "a.yaml").get();
    BOOST_TEST(watched.staysQuiet());
    write("m/b/b.yaml", "b: 1\n"); // it was not asleep
    BOOST_TEST(watched.isCalled());
    BOOST_TEST(watched.calls() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_file_that_is_written_made_or_removed_wakes, Mode, Modes)
{
    Watched watched(root, Mode::polling);
    write("m/a.yaml", "a: 2\n");
    BOOST_TEST(watched.isCalled());
    write("m/b.yml", "b: 1\n");
    BOOST_TEST(watched.isCalled());
    fs::remove(root / "b.yml");
    BOOST_TEST(watched.isCalled());
    fs::permissions(root / "a.yaml", fs::perms(0600));
    BOOST_TEST(watched.isCalled());
    BOOST_TEST(watched.staysQuiet());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_file_that_keeps_its_size_and_time_wakes, Mode, Modes)
{
    Watched watched(root, Mode::polling);
    const auto time = fs::last_write_time(root / "a.yaml");
    write("m/a.yaml", "a: 2\n");
    fs::last_write_time(root / "a.yaml", time);
    BOOST_TEST(watched.isCalled());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_editor_that_saves_by_rename_wakes_once, Mode, Modes)
{
    Watched watched(root, Mode::polling);
    write("m/.a.yaml.swx", "a: 2\n");
    fs::rename(root / "a.yaml", root / "a.yaml~");
    fs::rename(root / ".a.yaml.swx", root / "a.yaml");
    fs::remove(root / "a.yaml~");
    BOOST_TEST(watched.isCalled());
    BOOST_TEST(watched.calls() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(new_folders_with_files_in_them_are_seen_and_followed, Mode, Modes)
{
    Watched watched(root, Mode::polling);
    write("m/x/y/z/deep.yaml", "d: 1\n");
    BOOST_TEST(watched.isCalled());
    write("m/x/y/z/deep.yaml", "d: 2\n");
    BOOST_TEST(watched.isCalled());
    write("made/inside/e.yaml", "e: 1\n");
    fs::rename(path() / "made", root / "made");
    BOOST_TEST(watched.isCalled());
    write("m/made/inside/e.yaml", "e: 2\n");
    BOOST_TEST(watched.isCalled());
    fs::remove_all(root / "x");
    BOOST_TEST(watched.isCalled());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_config_map_that_is_swapped_wakes, Mode, Modes)
{
    publish(*this, "1", "c: 1\n");
    fs::create_symlink("..data/c.yaml", root / "c.yaml");
    Watched watched(root, Mode::polling);
    for (const auto* version : {"2", "3"})
    {
        publish(*this, version, "c: 1\n"); // the same text, even
        BOOST_TEST(watched.isCalled());
    }
    BOOST_TEST(watched.staysQuiet());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_link_is_followed_to_where_it_leads, Mode, Modes)
{
    write("far/shared/s.yaml", "s: 1\n");
    write("far/one.yaml", "o: 1\n");
    fs::create_directory_symlink("../far/shared", root / "shared");
    fs::create_symlink("../far/one.yaml", root / "one.yaml");
    fs::create_symlink("../far/later.yaml", root / "later.yaml");
    Watched watched(root, Mode::polling);
    for (const auto* name : {"far/shared/s.yaml", "far/one.yaml", "far/later.yaml"})
    {
        write(name, "changed: 1\n");
        BOOST_TEST(watched.isCalled(), name);
    }
    fs::rename(path() / "far", path() / "away");
    BOOST_TEST(watched.isCalled());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_link_in_front_of_the_folder_may_be_swapped, Mode, Modes)
{
    write("v2/sub/a.yaml", "a: 2\n");
    write("v1/sub/a.yaml", "a: 1\n");
    fs::create_directory_symlink("v1", path() / "current");
    Watched watched(path() / "current" / "sub", Mode::polling);
    fs::create_directory_symlink("v2", path() / "next");
    fs::rename(path() / "next", path() / "current");
    BOOST_TEST(watched.isCalled());
    write("v2/sub/a.yaml", "a: 3\n");
    BOOST_TEST(watched.isCalled());
    write("v1/sub/a.yaml", "a: 3\n");
    BOOST_TEST(watched.staysQuiet());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_folder_that_is_removed_made_again_or_replaced_is_followed, Mode, Modes)
{
    Watched watched(root, Mode::polling);
    fs::remove_all(root);
    BOOST_TEST(watched.isCalled());
    write("m/a.yaml", "a: 2\n");
    BOOST_TEST(watched.isCalled());
    write("n/a.yaml", "a: 3\n");
    fs::rename(root, path() / "old");
    fs::rename(path() / "n", root);
    BOOST_TEST(watched.isCalled());
    write("m/a.yaml", "a: 4\n");
    BOOST_TEST(watched.isCalled());
    write("old/a.yaml", "a: 5\n");
    BOOST_TEST(watched.staysQuiet());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_folder_that_is_not_there_yet_is_waited_for, Mode, Modes)
{
    Watched watched(path() / "not" / "yet", Mode::polling);
    fs::create_directories(path() / "not");
    BOOST_TEST(watched.staysQuiet());
    write("not/yet/a.yaml", "a: 1\n");
    BOOST_TEST(watched.isCalled());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_single_file_wakes_and_its_neighbours_do_not, Mode, Modes)
{
    const auto file = write("single/only.conf", "a: 1\n");
    Watched watched(file, Mode::polling);
    write("single/other.yaml", "b: 1\n");
    BOOST_TEST(watched.staysQuiet());
    write("single/new", "a: 2\n");
    fs::rename(path() / "single/new", file);
    BOOST_TEST(watched.isCalled());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_burst_of_changes_is_few_calls, Mode, Modes)
{
    Watched watched(root, Mode::polling);
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 500; ++i)
    {
        write("m/burst/" + std::to_string(i) + ".yaml", "n: " + std::to_string(i) + "\n");
        std::this_thread::sleep_for(1ms);
    }
    // A busy machine takes longer than the 600 ms that it should, and may pause.
    const auto longer = std::max<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begun - 600ms, 0ns);
    BOOST_TEST(watched.isCalled());
    BOOST_TEST(watched.calls() <= 4 + longer / options(Mode::polling).debounce);
    BOOST_TEST(watched.staysQuiet());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_checkout_wakes_and_the_rest_of_git_does_not, Mode, Modes)
{
    const auto git = [this](std::vector<std::string> arguments)
    {
        arguments.insert(arguments.begin(), {"-C", root.string(), "-c", "user.name=t", "-c", "user.email=t@t.invalid"});
        const auto result = runGit({.arguments = std::move(arguments)});
        BOOST_TEST(result.ok(), result.errors);
    };
    const auto fill = [this](const std::string& text)
    {
        for (int i = 0; i < 200; ++i)
            write("m/sub" + std::to_string(i % 7) + "/" + std::to_string(i) + ".yaml", text);
    };
    git({"init", "-q", "-b", "one"});
    fill("n: 1\n");
    git({"add", "-A"});
    git({"commit", "-q", "-m", "one"});
    git({"checkout", "-q", "-b", "two"});
    fill("n: 2\n");
    Watched watched(root, Mode::polling);
    git({"commit", "-q", "-a", "-m", "two"});
    git({"branch", "three"});
    git({"gc", "-q"});
    BOOST_TEST(watched.staysQuiet());
    // With the times of the program: on a busy machine a checkout pauses for longer than the squeezed ones.
    auto times = options(Mode::polling);
    times.debounce = FolderWatch::Options().debounce;
    times.longest = FolderWatch::Options().longest;
    Watched unhurried(std::vector{root}, times);
    git({"checkout", "-q", "one"});
    BOOST_TEST(unhurried.isCalled());
    BOOST_TEST(unhurried.calls() <= 2);
    BOOST_TEST(unhurried.staysQuiet());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(changes_without_end_do_not_put_the_call_off_for_ever, Mode, Modes)
{
    Watched watched(root, Mode::polling);
    for (const auto end = std::chrono::steady_clock::now() + 1min;
         watched.calls() == 0 && std::chrono::steady_clock::now() < end;)
    {
        write("m/a.yaml", "a: 1\n");
        std::this_thread::sleep_for(10ms);
    }
    BOOST_TEST(watched.calls() > 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_takes_its_time_is_told_when_it_is_over, Mode, Modes)
{
    auto patient = options(Mode::polling);
    patient.debounce = 2s; // longer than a busy machine pauses
    patient.longest = 1min;
    Watched watched(std::vector{root}, patient);
    for (int i = 0; i < 20; ++i)
    {
        write("m/a.yaml", "a: " + std::to_string(i) + "\n");
        std::this_thread::sleep_for(30ms);
    }
    BOOST_TEST(watched.calls() == 0);
    BOOST_TEST(watched.isCalled());
    BOOST_TEST(watched.calls() == 1);
}

BOOST_AUTO_TEST_CASE(more_events_than_the_kernel_keeps_are_a_change)
{
    std::atomic<bool> held{true};
    std::atomic<int> calls{0};
    const FolderWatch watch({root}, options(false),
                            [&]
                            {
                                ++calls;
                                while (held) // nobody reads events meanwhile
                                    std::this_thread::sleep_for(1ms);
                            });
    write("m/a.yaml", "a: 2\n");
    while (calls == 0)
        std::this_thread::sleep_for(1ms);
    std::size_t most = 0;
    std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
    for (std::size_t i = 0; i <= most / 2; ++i) // each is two events, and no event like the one before
    {
        fs::rename(root / "a.yaml", root / "b.yaml");
        fs::rename(root / "b.yaml", root / "a.yaml");
    }
    write("m/new/last.yaml", "l: 1\n");
    held = false;
    for (int i = 0; i < 1000 && calls < 2; ++i)
        std::this_thread::sleep_for(5ms);
    BOOST_TEST(calls >= 2);
    std::this_thread::sleep_for(300ms);
    const int before = calls;
    write("m/new/last.yaml", "l: 2\n"); // the folder whose making was lost is watched
    for (int i = 0; i < 1000 && calls == before; ++i)
        std::this_thread::sleep_for(5ms);
    BOOST_TEST(calls > before);
}

BOOST_AUTO_TEST_CASE(without_watches_or_without_inotify_it_polls)
{
    BOOST_TEST(withoutInotify("max_inotify_watches", seesAChangeByPolling));
    BOOST_TEST(withoutInotify("max_inotify_instances", seesAChangeByPolling));
}

BOOST_AUTO_TEST_CASE(what_no_event_told_is_found_by_the_look_to_be_sure)
{
    auto squeezed = options(false);
    squeezed.sureEvery = 100ms;
    write("far/one.yaml", "o: 1\n");
    fs::create_hard_link(path() / "far/one.yaml", root / "one.yaml");
    Watched watched(std::vector{root}, squeezed);
    write("far/one.yaml", "o: 2\n"); // the events of a file go to the folder by which it was opened
    BOOST_TEST(watched.isCalled());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_descriptor_stays_behind_and_the_end_comes_at_once, Mode, Modes)
{
    auto slow = options(Mode::polling);
    slow.pollEvery = 1h;
    const int before = openDescriptors();
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i)
        const FolderWatch watch({root}, slow, [] {});
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 1min));
    BOOST_TEST(openDescriptors() == before);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(it_sleeps_when_nothing_happens, Mode, Modes)
{
    const Watched watched(root, Mode::polling);
    timespec before{}, after{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    std::this_thread::sleep_for(1s);
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    const auto spent = (after.tv_sec - before.tv_sec) * 1'000'000'000LL + after.tv_nsec - before.tv_nsec;
    BOOST_TEST(spent < 50'000'000, spent);
}

BOOST_AUTO_TEST_SUITE_END()
