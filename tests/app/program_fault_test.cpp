/// The program itself while calls of the operating system fail: tests/faults/io_fault_preload.cpp sees to that.
#include "record/history.h"
#include "support/history_bed.h"
#include "support/io_fault.h"
#include "support/slow_build.h"
#include "system/run_program.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <set>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

struct Bed
{
    TemporaryFolder folder{folderInMemory()};
    std::filesystem::path mark = folder.path() / "mark";

    /// `watched`: below the folder.
    ProgramResult run(const std::vector<std::string>& arguments, const std::string& watched = "", std::size_t call = 0,
                      int error = 0) const
    {
        Program program{.path = MCPCTL_BINARY, .arguments = arguments, .environment = ownEnvironment()};
        program.timeout = std::chrono::seconds(30);
        if (!watched.empty())
        {
            program.environment["LD_PRELOAD"] = MCPCTL_IO_FAULT_LIBRARY;
            program.environment["MCPCTL_IO_FAULT_FOLDER"] = (folder.path() / watched).string();
            program.environment["MCPCTL_IO_FAULT_CALL"] = std::to_string(call);
            program.environment["MCPCTL_IO_FAULT_ERROR"] = std::to_string(error);
            program.environment["MCPCTL_IO_FAULT_MARK"] = mark.string();
        }
        return runProgram(program);
    }

    /// Each call fails once. The answer has to be the whole one, or an error that is told, with one of `codes`.
    std::size_t failEachCall(const std::vector<std::string>& arguments, const std::string& watched,
                             const std::set<int>& codes) const
    {
        constexpr std::size_t stride = slowBuild ? 3 : 1;
        const auto whole = run(arguments);
        BOOST_TEST(whole.exitCode == 0, whole.errors);
        std::size_t faults = 0;
        std::size_t told = 0;
        for (const int error : {EIO, ENOSPC, EMFILE})
            for (std::size_t call = static_cast<std::size_t>(error) % stride;; call += stride)
            {
                std::filesystem::remove(mark);
                const auto result = run(arguments, watched, call, error);
                if (!std::filesystem::exists(mark))
                    break;
                ++faults;
                told += result.exitCode == 0 ? 0 : 1;
                const auto what = fmt::format("{} call {}, errno {}: exit {}: {}", arguments[0], call, error,
                                              result.exitCode, result.errors + result.output);
                BOOST_TEST((result.end == ProgramResult::End::exited), what);
                if (result.exitCode == 0)
                    BOOST_TEST(result.output == whole.output, what);
                else
                    BOOST_TEST((codes.contains(result.exitCode) && !(result.errors + result.output).empty()), what);
            }
        BOOST_TEST_MESSAGE(fmt::format("{} faults, of which {} were told", faults, told));
        BOOST_TEST(told * 3 > faults);
        return faults * stride;
    }
};

boost::test_tools::assertion_result ioIsWatched(boost::unit_test::test_unit_id)
{
    return IoFault::works();
}

}

BOOST_FIXTURE_TEST_SUITE(program_fault_test, Bed, *boost::unit_test::precondition(ioIsWatched))

BOOST_AUTO_TEST_CASE(manifests_that_cannot_be_read_are_errors_with_a_place_and_never_fewer_manifests)
{
    for (const auto* name : {"a", "b"})
        folder.write(
            fmt::format("manifests/{}/server.yaml", name),
            fmt::format("apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {{name: {}}}\nspec: {{image: \"{}:1\"}}\n",
                        name, name));
    BOOST_TEST(failEachCall({"validate", (folder.path() / "manifests").string()}, "manifests", {4}) >= 30U);
}

BOOST_AUTO_TEST_CASE(history_that_cannot_be_read_is_an_error_and_never_a_shorter_history)
{
    std::filesystem::create_directory(folder.path() / "state");
    const auto file = (folder.path() / "state" / "history.db").string();
    History(parseHistoryTarget(file)).append({sampleRun(), sampleRun()});
    BOOST_TEST(failEachCall({"history", "--history", file}, "state", {1}) >= 60U);
}

BOOST_AUTO_TEST_SUITE_END()
