#include "app/folder_watch.h"

#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <thread>

using namespace mcpctl;
using namespace mcpctl::test;
using namespace std::chrono_literals;

namespace
{

namespace fs = std::filesystem;

/// A folder `manifests` that is watched, by inotify or by polling.
struct Watched
{
    explicit Watched(bool polling)
    {
        folder.write("manifests/a.yaml", "one");
        folder.write("manifests/below/b.yml", "one");
        fs::create_directory(root() / ".git");
        options.debounce = 20ms;
        options.longest = 400ms;
        options.poll = 20ms;
        options.check = 1h;
        options.polling = polling;
    }

    void start()
    {
        watch = std::make_unique<FolderWatch>(std::vector{root()}, options, [this] { ++calls; });
    }

    /// Whether `act` is told of, within 10 s.
    template <typename Act>
    bool tellsOf(const Act& act)
    {
        const int before = calls;
        act();
        for (int i = 0; i < 5000 && calls == before; ++i)
            std::this_thread::sleep_for(2ms);
        const bool told = calls > before;
        std::this_thread::sleep_for(60ms); // what follows is another change
        return told;
    }

    fs::path root() const { return folder.path() / "manifests"; }

    TemporaryFolder folder;
    FolderWatch::Options options;
    std::atomic<int> calls = 0;
    std::unique_ptr<FolderWatch> watch;
};

std::size_t openFiles()
{
    return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

}

BOOST_AUTO_TEST_SUITE(folder_watch_test)

BOOST_AUTO_TEST_CASE(every_way_in_which_manifests_change_is_told)
{
    for (const bool polling : {false, true})
    {
        Watched watched(polling);
        watched.start();
        const auto root = watched.root();
        const auto write = [&](const fs::path& name, const std::string& text)
        { watched.folder.write("manifests" / name, text); };
        BOOST_TEST(watched.tellsOf([&] { write("a.yaml", "two"); }), "written in place");
        BOOST_TEST(watched.tellsOf([&] { write("below/b.yml", "two and more"); }), "written below");
        BOOST_TEST(watched.tellsOf([&] { write("c.yaml", "new"); }), "a new file");
        BOOST_TEST(watched.tellsOf([&] { fs::remove(root / "c.yaml"); }), "removed");
        BOOST_TEST(watched.tellsOf(
                       [&]
                       {
                           write(".a.yaml.swp", "three");
                           fs::rename(root / ".a.yaml.swp", root / "a.yaml");
                       }),
                   "saved by renaming");
        BOOST_TEST(watched.tellsOf([&] { write("deep/er/d.yaml", "new"); }), "new folders with a file in them");
        BOOST_TEST(watched.tellsOf([&] { write("deep/er/d.yaml", "changed"); }), "and what changes there later");
        BOOST_TEST(watched.tellsOf([&] { fs::permissions(root / "a.yaml", fs::perms::none); }), "made unreadable");
        BOOST_TEST(watched.tellsOf([&] { fs::rename(root / "deep", root / "moved"); }), "a folder with another name");
    }
}

BOOST_AUTO_TEST_CASE(a_swap_of_links_as_in_a_mounted_configmap_is_told)
{
    for (const bool polling : {false, true})
    {
        Watched watched(polling);
        const auto root = watched.root();
        watched.folder.write("manifests/..1/e.yaml", "one");
        fs::create_symlink("..1", root / "..data");
        fs::create_symlink("..data/e.yaml", root / "e.yaml");
        watched.start();
        BOOST_TEST(watched.tellsOf(
            [&]
            {
                watched.folder.write("manifests/..2/e.yaml", "two");
                fs::create_symlink("..2", root / "..data_tmp");
                fs::rename(root / "..data_tmp", root / "..data");
                fs::remove_all(root / "..1");
            }));
        BOOST_TEST(watched.tellsOf([&] { watched.folder.write("manifests/..2/e.yaml", "three"); }), "behind a link");
    }
}

BOOST_AUTO_TEST_CASE(the_folder_itself_may_go_and_come)
{
    for (const bool polling : {false, true})
    {
        Watched watched(polling);
        watched.start();
        const auto root = watched.root();
        const auto aside = watched.folder.path() / "aside";
        BOOST_TEST(watched.tellsOf([&] { fs::rename(root, aside); }));
        BOOST_TEST(watched.tellsOf([&] { fs::rename(aside, root); }));
        BOOST_TEST(watched.tellsOf([&] { watched.folder.write("manifests/a.yaml", "after it came back"); }));
        BOOST_TEST(watched.tellsOf([&] { fs::remove_all(root); }));
        BOOST_TEST(watched.tellsOf([&] { watched.folder.write("manifests/a.yaml", "made anew"); }));
        BOOST_TEST(watched.tellsOf([&] { watched.folder.write("manifests/a.yaml", "and written"); }));
    }
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_yet_is_told_when_it_comes)
{
    for (const bool polling : {false, true})
    {
        Watched watched(polling);
        fs::remove_all(watched.root());
        watched.start();
        BOOST_TEST(watched.tellsOf([&] { watched.folder.write("manifests/a.yaml", "new"); }));
    }
}

BOOST_AUTO_TEST_CASE(hidden_names_and_other_files_are_not_told_of)
{
    for (const bool polling : {false, true})
    {
        Watched watched(polling);
        watched.start();
        watched.folder.write("manifests/.git/index", "x");
        watched.folder.write("manifests/.a.yaml.swp", "x");
        watched.folder.write("manifests/README.md", "x");
        watched.folder.write("beside.yaml", "x");
        std::this_thread::sleep_for(500ms);
        BOOST_TEST(watched.calls == 0);
    }
}

BOOST_AUTO_TEST_CASE(five_hundred_changes_in_a_burst_are_told_a_few_times)
{
    for (const bool polling : {false, true})
    {
        Watched watched(polling);
        watched.options.debounce = 100ms;
        watched.options.poll = 300ms;
        watched.start();
        for (int i = 0; i < 500; ++i)
            watched.folder.write("manifests/many/" + std::to_string(i) + ".yaml", "x");
        BOOST_TEST(watched.tellsOf([&] { watched.folder.write("manifests/a.yaml", "the last"); }));
        std::this_thread::sleep_for(700ms);
        BOOST_TEST(watched.calls <= 8);
        BOOST_TEST(watched.calls >= 1);
    }
}

BOOST_AUTO_TEST_CASE(one_that_is_written_without_end_is_told_after_the_longest_time)
{
    Watched watched(false);
    watched.options.debounce = 200ms;
    watched.start();
    for (int i = 0; i < 150 && watched.calls == 0; ++i)
    {
        watched.folder.write("manifests/a.yaml", std::to_string(i));
        std::this_thread::sleep_for(20ms);
    }
    BOOST_TEST(watched.calls > 0);
}

BOOST_AUTO_TEST_CASE(a_single_file_can_be_watched)
{
    Watched watched(false);
    const auto file = watched.root() / "a.yaml";
    watched.watch = std::make_unique<FolderWatch>(std::vector{file}, watched.options, [&] { ++watched.calls; });
    BOOST_TEST(watched.tellsOf([&] { watched.folder.write("manifests/a.yaml", "in place"); }));
    BOOST_TEST(watched.tellsOf(
        [&]
        {
            watched.folder.write("manifests/new", "by rename");
            fs::rename(watched.root() / "new", file);
        }));
}

BOOST_AUTO_TEST_CASE(no_descriptor_stays_open)
{
    Watched watched(false);
    watched.start();
    watched.watch.reset();
    const auto before = openFiles();
    for (int i = 0; i < 100; ++i)
    {
        watched.start();
        watched.watch.reset();
    }
    BOOST_TEST(openFiles() == before);
}

BOOST_AUTO_TEST_SUITE_END()
