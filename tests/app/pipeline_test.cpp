#include "app/pipeline.h"
#include "support/fleet.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

/// Two profiles in two files, of which the engine runs all.
struct Fixture : Fleet
{
    Fixture()
    {
        for (const std::string profile : {"dev", "research"})
            folder.write(profile + ".yaml", "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: of-" + profile +
                                                "}\nspec: {image: '" + appImage +
                                                "'}\n---\n"
                                                "apiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: " +
                                                profile + "}\nspec: {servers: [{server: of-" + profile + "}]}\n");
        global.secrets = {{SecretSource::Kind::folder, folder.path() / "none"}};
        const auto all = decided(folder.path());
        desired = all.desired;
        BOOST_REQUIRE(allDone(run(all.plan)));
    }

    Decision decided(const std::filesystem::path& path, const ReconcileOptions& options = {}) const
    {
        std::istringstream none;
        return decide(mcpctl::declare(global, {path.string()}, none), global, options, orchestrator);
    }

    TemporaryFolder folder;
    GlobalOptions global;
};

}

BOOST_FIXTURE_TEST_SUITE(pipeline_test, Fixture)

BOOST_AUTO_TEST_CASE(what_was_not_asked_for_is_neither_changed_nor_removed)
{
    ReconcileOptions ofProfile;
    ofProfile.profiles = {"dev"};
    ReconcileOptions ofServer;
    ofServer.servers = {"of-dev"};
    for (const auto& options : {ofProfile, ofServer})
        BOOST_TEST(decided(folder.path(), options).plan.steps.empty());
    BOOST_TEST(decided(folder.path()).plan.steps.empty());
}

BOOST_AUTO_TEST_CASE(a_folder_removes_what_is_not_in_it_and_a_single_file_removes_nothing)
{
    BOOST_TEST(decided(folder.path() / "dev.yaml").plan.steps.empty());
    std::filesystem::remove(folder.path() / "research.yaml");
    BOOST_REQUIRE_EQUAL(decided(folder.path()).plan.steps.size(), 1U);
    BOOST_TEST(decided(folder.path()).plan.steps.front().object == "mcpctl-research-of-research");
}

BOOST_AUTO_TEST_SUITE_END()
