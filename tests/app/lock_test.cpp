#include "app/lock.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <optional>

using namespace mcpctl;

BOOST_AUTO_TEST_SUITE(lock_test)

BOOST_AUTO_TEST_CASE(a_second_run_of_the_same_project_and_engine_is_told_who_holds_the_lock)
{
    const test::TemporaryFolder folder;
    const Lock first(folder.path() / "new", "engine", "project", "apply");
    BOOST_CHECK_EXCEPTION(Lock(folder.path() / "new", "engine", "project", "apply"), LockHeld,
                          [](const LockHeld& error)
                          {
                              const std::string text = error.what();
                              return text.find(std::to_string(::getpid())) != std::string::npos &&
                                     text.find("mcpctl apply") != std::string::npos;
                          });
}

BOOST_AUTO_TEST_CASE(other_projects_and_other_engines_do_not_wait)
{
    const test::TemporaryFolder folder;
    const Lock first(folder.path(), "engine", "project", "apply");
    BOOST_CHECK_NO_THROW(Lock(folder.path(), "engine", "other", "apply"));
    BOOST_CHECK_NO_THROW(Lock(folder.path(), "other", "project", "apply"));
}

BOOST_AUTO_TEST_CASE(the_lock_goes_with_its_holder_however_that_ends)
{
    const test::TemporaryFolder folder;
    {
        const Lock first(folder.path(), "engine", "project", "apply");
    }
    BOOST_CHECK_NO_THROW(Lock(folder.path(), "engine", "project", "apply"));

    const auto child = ::fork();
    if (child == 0)
    {
        const Lock held(folder.path(), "engine", "project", "apply");
        ::_exit(0); // no destructor runs
    }
    ::waitpid(child, nullptr, 0);
    BOOST_CHECK_NO_THROW(Lock(folder.path(), "engine", "project", "apply"));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_an_error_and_not_a_run_without_a_lock)
{
    BOOST_CHECK_THROW(Lock("/proc/no-such-place", "engine", "project", "apply"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_program_that_was_started_meanwhile_does_not_keep_the_lock)
{
    const test::TemporaryFolder folder;
    for (int i = 0; i < 2; ++i) // at first the lock's file is made, then it is there
    {
        pid_t child = 0;
        {
            const Lock held(folder.path(), "engine", "project", "apply");
            std::string name = "sleep", seconds = "60";
            const std::array<char*, 3> arguments{name.data(), seconds.data(), nullptr};
            BOOST_REQUIRE(::posix_spawnp(&child, "sleep", nullptr, nullptr, arguments.data(), environ) == 0);
        }
        BOOST_CHECK_NO_THROW(Lock(folder.path(), "engine", "project", "apply"));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
