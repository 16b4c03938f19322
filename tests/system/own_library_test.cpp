/// What the program loads when it is wanted: from its own folder, and from nobody else's.
#include "support/temporary_folder.h"
#include "system/run_program.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

#include <unistd.h>

using namespace mcpctl;
using namespace mcpctl::test;
namespace fs = std::filesystem;

namespace
{

const fs::path built = fs::path(MCPCTL_BINARY).parent_path();

/// The program, installed in a folder of its own.
struct Installed
{
    TemporaryFolder folder;
    fs::path program = folder.path() / "bin" / "mcpctl";
    fs::path libraries = folder.path() / "lib" / "mcpctl";

    Installed()
    {
        fs::create_directories(program.parent_path());
        fs::create_directories(libraries);
        fs::copy_file(MCPCTL_BINARY, program);
        for (const auto* name : {"mcpctl-history.so", "mcpctl-tls.so"})
            fs::copy_file(built / "lib" / "mcpctl" / name, libraries / name);
    }

    ProgramResult run(std::vector<std::string> arguments) const
    {
        auto environment = ownEnvironment();
        environment["DOCKER_TLS"] = "1";
        return runProgram({.path = program, .arguments = std::move(arguments), .environment = environment});
    }
    ProgramResult history() const { return run({"history", "--history", (folder.path() / "history.db").string()}); }

    void refuses(const std::string& why) const
    {
        const auto result = history();
        BOOST_TEST(result.exitCode != 0);
        BOOST_TEST(result.errors.find(why) != std::string::npos, result.errors);
        BOOST_TEST(!fs::exists(folder.path() / "history.db-wal"));
    }
};

boost::test_tools::assertion_result mayGiveFilesAway(boost::unit_test::test_unit_id)
{
    return ::geteuid() == 0;
}

}

BOOST_FIXTURE_TEST_SUITE(own_library_test, Installed)

BOOST_AUTO_TEST_CASE(it_is_found_from_the_program_s_folder_wherever_that_is)
{
    BOOST_TEST(history().exitCode == 0, history().errors);
    fs::rename(program, folder.path() / "mcpctl"); // as an archive that was unpacked
    program = folder.path() / "mcpctl";
    BOOST_TEST(history().exitCode == 0, history().errors);
}

BOOST_AUTO_TEST_CASE(without_it_only_what_wants_it_fails_and_it_is_said_where_it_belongs)
{
    fs::remove_all(libraries);
    refuses("there is no mcpctl-history.so; it is installed with mcpctl, in lib/mcpctl beside it");
    BOOST_TEST(run({"--version"}).exitCode == 0);
    const auto ask = run({"status", "--host", "tcp://127.0.0.1:1"});
    BOOST_TEST(ask.exitCode != 0);
    BOOST_TEST(ask.errors.find("mcpctl-tls.so") != std::string::npos, ask.errors);
}

BOOST_AUTO_TEST_CASE(what_somebody_could_have_written_who_cannot_write_the_program_is_not_loaded)
{
    for (const auto writers : {fs::perms::others_write, fs::perms::group_write})
    {
        fs::permissions(libraries / "mcpctl-history.so", writers, fs::perm_options::add);
        refuses("is not loaded: it could be written by somebody who cannot write mcpctl itself");
        fs::permissions(libraries / "mcpctl-history.so", writers, fs::perm_options::remove);
    }
    // In a folder of a group that works on both, both are the group's.
    fs::permissions(libraries / "mcpctl-history.so", fs::perms::group_write, fs::perm_options::add);
    fs::permissions(program, fs::perms::group_write, fs::perm_options::add);
    BOOST_TEST(history().exitCode == 0, history().errors);
}

BOOST_AUTO_TEST_CASE(another_user_s_library_is_not_loaded, *boost::unit_test::precondition(mayGiveFilesAway))
{
    BOOST_TEST(::chown((libraries / "mcpctl-history.so").c_str(), 65534, 0) == 0);
    refuses("is not loaded");
}

BOOST_AUTO_TEST_CASE(one_of_another_version_is_not_loaded_by_a_program_that_was_replaced_while_it_runs)
{
    std::ifstream in(libraries / "mcpctl-history.so", std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    const std::string version = MCPCTL_VERSION;
    for (auto at = bytes.find(version); at != std::string::npos; at = bytes.find(version, at))
        bytes.replace(at, version.size(), version.size(), '7');
    folder.write("lib/mcpctl/mcpctl-history.so", bytes);
    refuses("is part of mcpctl 77777, and this is " MCPCTL_VERSION);
}

BOOST_AUTO_TEST_CASE(what_is_no_library_of_this_program_is_not_loaded)
{
    folder.write("lib/mcpctl/mcpctl-history.so", "not a library");
    refuses("cannot load");
    fs::remove(libraries / "mcpctl-history.so");
    fs::create_directory(libraries / "mcpctl-history.so");
    refuses("is not loaded");
}

BOOST_AUTO_TEST_SUITE_END()
