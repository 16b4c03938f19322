// What a user copies first has to be right.

#include "case_files.h"

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

const fs::path manifestFolder = fs::path(MCPCTL_SOURCE_DIR) / "manifests";

std::set<fs::path> folders()
{
    std::set<fs::path> found;
    for (const auto& entry : fs::directory_iterator(manifestFolder))
        if (entry.is_directory())
            found.insert(entry.path());
    return found;
}

}

BOOST_AUTO_TEST_SUITE(shipped_manifests_test)

BOOST_AUTO_TEST_CASE(every_shipped_folder_is_valid_and_runs_something)
{
    BOOST_TEST(folders().size() >= 2);
    for (const auto& folder : folders())
    {
        std::istringstream none;
        const Manifests manifests = load({folder.string()}, none);
        const Validated validated = validate(manifests, caseOptions());
        BOOST_TEST(renderDiagnostics(validated.diagnostics, manifests.texts) == "");
        BOOST_TEST(!validated.desired.instances.empty());
    }
}

BOOST_AUTO_TEST_CASE(every_shipped_file_tells_editors_its_schema)
{
    for (const auto& folder : folders())
        for (const auto& path : casesIn(folder, ".yaml"))
        {
            const std::string text = contentOf(path);
            const std::string marker = "# yaml-language-server: $schema=";
            BOOST_REQUIRE_MESSAGE(text.starts_with(marker), path);
            const std::string schema = text.substr(marker.size(), text.find('\n') - marker.size());
            BOOST_TEST(fs::exists(folder / schema), path);
            const std::string kind = fs::path(schema).filename().stem().stem().string();
            BOOST_TEST(text.find("\nkind: " + kind + "\n") != std::string::npos, path);
        }
}

BOOST_AUTO_TEST_CASE(the_quickstart_runs_three_echo_servers)
{
    std::istringstream none;
    const auto desired = validate(load({(manifestFolder / "quickstart").string()}, none), caseOptions()).desired;
    BOOST_REQUIRE(desired.instances.size() == 3);
    const auto& research = desired.instances.at(InstanceName("mcpctl-research-echo"));
    BOOST_TEST(research.spec.env.at("ECHO_GREETING").text == "good day");
    BOOST_TEST(research.spec.resources.memoryBytes == 128 * 1024 * 1024);
    BOOST_TEST(research.spec.resources.nanoCpus == 500'000'000);
    BOOST_TEST((research.pullPolicy == PullPolicy::never));
    const auto& http = desired.instances.at(InstanceName("mcpctl-dev-echo-http"));
    BOOST_TEST(http.spec.transport.port == 3001);
    BOOST_TEST(!http.spec.keepsStdin);
}

BOOST_AUTO_TEST_SUITE_END()
