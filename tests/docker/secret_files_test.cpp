#include "docker/secret_files.h"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace mcpctl;
using namespace mcpctl::docker;

namespace
{

namespace fs = std::filesystem;

/// A folder on a tmpfs of this machine.
struct Fixture
{
    Fixture() { fs::create_directory(base); }
    ~Fixture() { fs::remove_all(base); }

    Launch launch() const
    {
        Launch out;
        out.name = InstanceName("mcpctl-dev-a");
        out.spec.user = std::to_string(::geteuid());
        out.spec.secretFiles = {{"key", {"one\n\"two\"", "key", true}}, {"pin", {"7", "pin", true}}};
        return out;
    }

    ObservedInstance bound(const fs::path& folder, bool readOnly = true) const
    {
        ObservedInstance out;
        out.marks.instance = "mcpctl-dev-a";
        out.spec.mounts["/run/secrets"] = Mount{Mount::Type::hostPath, folder, readOnly};
        return out;
    }

    void checkRefused(const fs::path& where, const Launch& what, const std::string& why) const
    {
        BOOST_CHECK_EXCEPTION(writeSecretFiles(where, "engine", what), OrchestratorError,
                              [&](const OrchestratorError& error)
                              {
                                  BOOST_TEST(std::string(error.what()).find(why) != std::string::npos, error.what());
                                  return true;
                              });
    }

    fs::path base = "/dev/shm/mcpctl-test-" + std::to_string(::getpid());
    fs::path root = base / "secrets";
};

unsigned modeOf(const fs::path& path)
{
    struct stat info = {};
    BOOST_TEST_REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 07777;
}

}

BOOST_FIXTURE_TEST_SUITE(secret_files_test, Fixture)

BOOST_AUTO_TEST_CASE(what_was_written_reads_back_and_is_for_one_user_alone)
{
    const auto folder = writeSecretFiles(root, "engine", launch());
    BOOST_TEST(modeOf(folder) == 0500U);
    BOOST_TEST(modeOf(folder / "key") == 0400U);
    BOOST_TEST(modeOf(root) == 0700U);

    auto instance = bound(folder);
    BOOST_TEST(takeSecretsFolder(instance, root) == folder);
    BOOST_TEST(instance.spec.mounts.empty());
    readSecretFiles(instance, root, folder, true);
    BOOST_TEST(!instance.secretFilesHidden);
    BOOST_TEST(instance.spec.secretFiles.size() == 2U);
    BOOST_TEST(instance.spec.secretFiles.at("key").text == "one\n\"two\"");
}

BOOST_AUTO_TEST_CASE(each_container_has_a_folder_of_its_own_until_it_is_removed)
{
    const auto first = writeSecretFiles(root, "engine", launch());
    const auto second = writeSecretFiles(root, "engine", launch());
    const auto third = writeSecretFiles(root, "engine", launch());
    BOOST_TEST(first != second);
    removeOtherSecretFiles(second, {second, first});
    BOOST_TEST(fs::exists(first));
    BOOST_TEST(!fs::exists(third));
    removeSecretFiles(root, first);
    removeSecretFiles(root, second);
    BOOST_TEST(!fs::exists(second.parent_path()));
}

BOOST_AUTO_TEST_CASE(nothing_outside_of_the_root_is_removed)
{
    fs::create_directories(base / "other/folder");
    for (const auto& path : {base / "other/folder", root / "../other/folder", root, fs::path()})
        removeSecretFiles(root, path);
    BOOST_TEST(fs::exists(base / "other/folder"));
}

BOOST_AUTO_TEST_CASE(another_mount_at_that_place_is_a_mount_like_any_other)
{
    const auto folder = writeSecretFiles(root, "engine", launch());
    auto of = bound(folder);
    of.marks.instance = "mcpctl-dev-b";
    for (auto instance : {bound(folder, false), bound("/etc"), bound(folder / "../../../../x"), of})
    {
        BOOST_TEST(takeSecretsFolder(instance, root).empty());
        BOOST_TEST(instance.spec.mounts.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(files_that_are_gone_read_as_none_and_those_out_of_sight_as_hidden)
{
    const auto folder = writeSecretFiles(root, "engine", launch());
    auto remote = bound(folder);
    readSecretFiles(remote, root, folder, false);
    BOOST_TEST(remote.secretFilesHidden);
    BOOST_TEST(remote.spec.secretFiles.empty());

    removeSecretFiles(root, folder);
    auto gone = bound(folder);
    gone.state = RunState::running;
    readSecretFiles(gone, root, folder, true);
    BOOST_TEST(!gone.secretFilesHidden);
    BOOST_TEST(gone.spec.secretFiles.empty());

    // As in a container of mcpctl that the host's folder is not mounted into; and after a reboot, when nothing runs.
    fs::remove_all(root);
    readSecretFiles(gone, root, folder, true);
    BOOST_TEST(gone.secretFilesHidden);
    gone.state = RunState::exited;
    readSecretFiles(gone, root, folder, true);
    BOOST_TEST(!gone.secretFilesHidden);
}

BOOST_AUTO_TEST_CASE(what_is_not_safe_is_refused_and_leaves_nothing_behind)
{
    auto named = launch();
    for (const auto* user : {"", "node", "1000x", "1000:staff", "-1"})
    {
        named.spec.user = user;
        checkRefused(root, named, "has to be a number");
    }
    checkRefused("/proc/mcpctl/secrets", launch(), "not on a memory file system");
    fs::permissions(base, fs::perms::all);
    checkRefused(root, launch(), "that mcpctl and root alone can write to");
    fs::permissions(base, fs::perms::owner_all);
    fs::create_directory(base / "elsewhere");
    fs::create_directory_symlink(base / "elsewhere", root);
    checkRefused(root, launch(), "that mcpctl and root alone can write to");
    BOOST_TEST(fs::is_empty(base / "elsewhere"));
}

BOOST_AUTO_TEST_SUITE_END()
