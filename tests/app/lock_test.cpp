#include "app/lock.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

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

BOOST_AUTO_TEST_SUITE_END()
