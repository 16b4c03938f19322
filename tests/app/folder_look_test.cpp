#include "app/folder_look.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <thread>

using namespace mcpctl;
namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(folder_look_test, test::TemporaryFolder)

BOOST_AUTO_TEST_CASE(a_file_that_was_written_just_now_looks_like_nothing_seen_before_until_its_time_is_past)
{
    const auto file = write("m/a.yaml", "a: 1\n");
    const std::vector<std::string> paths{(path() / "m").string()};
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto old = lookAtFolders(paths);
    BOOST_TEST(!old.young);
    BOOST_TEST(lookAtFolders(paths).digest == old.digest);

    write("m/a.yaml", "a: 2\n");
    const auto first = lookAtFolders(paths);
    if (!first.young) // a machine that stood still for a moment tells nothing
        return;
    BOOST_TEST(first.digest != old.digest);
    BOOST_TEST(lookAtFolders(paths).digest != first.digest);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    BOOST_TEST(!lookAtFolders(paths).young);
}

BOOST_AUTO_TEST_CASE(every_folder_on_the_way_is_a_place_where_only_the_next_name_counts)
{
    write("far/x/a.yaml", "a: 1\n");
    write("m/own.yaml", "o: 1\n");
    fs::create_directory_symlink("../far", path() / "m/in");
    fs::create_symlink("../nowhere/b.yaml", path() / "m/b.yaml");
    const auto root = fs::canonical(path());
    const auto places = lookAtFolders({(root / "m").string()}).places;
    const auto at = [&](const fs::path& folder)
    { return places.contains(folder) ? places.at(folder) : WatchedPlace{}; };

    BOOST_TEST(at(root.parent_path()).concerns(root.filename().string()));
    BOOST_TEST(!at(root.parent_path()).concerns("other"));
    BOOST_TEST(at(root).concerns("m"));
    BOOST_TEST(at(root).concerns("far"));     // the link leads through it
    BOOST_TEST(at(root).concerns("nowhere")); // and this one will
    BOOST_TEST(!at(root).concerns("other"));
    BOOST_TEST(at(root / "m").concerns("new.yaml"));
    BOOST_TEST(!at(root / "m").concerns(".git"));
    BOOST_TEST(at(root / "m/in/x").concerns("new.yaml"));
}

BOOST_AUTO_TEST_CASE(links_in_a_circle_and_folders_that_are_not_there_are_looked_at_like_any_other)
{
    fs::create_directory(path() / "m");
    fs::create_symlink("loop.yaml", path() / "m/loop.yaml");
    fs::create_directory_symlink(".", path() / "m/self");
    const std::vector<std::string> paths{(path() / "m").string(), (path() / "no/such").string()};
    const auto before = lookAtFolders(paths);
    BOOST_TEST(lookAtFolders(paths).digest == before.digest);
    fs::remove(path() / "m/self");
    BOOST_TEST(lookAtFolders(paths).digest != before.digest);
}

BOOST_AUTO_TEST_SUITE_END()
