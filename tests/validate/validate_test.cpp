// What holds for any input, and what text cases cannot show.

#include "case_files.h"
#include "dump.h"

#include "validate/fetching.h"
#include "validate/ingress.h"
#include "validate/paths.h"
#include "validate/templates.h"

#include <chrono>
#include <ctime>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

const std::string serverText = "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: memory}\n"
                               "spec: {image: \"x:1\", volumes: [{hostPath: /srv/x, mountPath: /x}]}\n";
const std::string allowText = "---\napiVersion: mcpctl/v1\nkind: SecurityPolicy\nmetadata: {name: p}\n"
                              "spec: {rules: {host-path-mount: {level: deny, readWrite: [/srv]}}}\n";

/// A fleet of `count` instances of ten servers in profiles of a thousand.
std::string fleet(int count)
{
    std::string text;
    for (int i = 0; i < 10; ++i)
        text += "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: server-" + std::to_string(i) +
                "}\nspec:\n  image: x:1\n  command: [run, \"${config.path}\"]\n  envTemplate: {A: \"${config.path}\"}\n"
                "  config: {path: {type: string, default: /data}}\n  volumes: [{name: data, mountPath: /data}]\n---\n";
    for (int i = 0; i < count; ++i)
    {
        if (i % 1000 == 0)
            text += std::string(i == 0 ? "" : "---\n") + "apiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: p" +
                    std::to_string(i / 1000) + "}\nspec:\n  servers:\n";
        text += "    - {server: server-" + std::to_string(i % 10) + ", name: i" + std::to_string(i) +
                ", config: {path: /x}, resources: {memory: 64Mi}}\n";
    }
    return text;
}

}

BOOST_AUTO_TEST_SUITE(validate_test)

BOOST_AUTO_TEST_CASE(no_manifests_at_all_are_an_empty_valid_state)
{
    const auto validated = validate({}, caseOptions());
    BOOST_TEST(validated.diagnostics.empty());
    BOOST_TEST(validated.desired.instances.empty());
    BOOST_TEST(validated.desired.networks.empty());
}

BOOST_AUTO_TEST_CASE(the_same_input_gives_the_same_result)
{
    for (const auto& path : casesIn(dataFolder / "validate/valid", ".yaml"))
    {
        const auto manifests = loadText(contentOf(path));
        const auto first = validate(manifests, caseOptions());
        const auto second = validate(manifests, caseOptions());
        BOOST_TEST((first.diagnostics == second.diagnostics));
        BOOST_TEST(dump(first.desired) == dump(second.desired));
    }
}

BOOST_AUTO_TEST_CASE(the_findings_of_loading_are_among_the_findings)
{
    Manifests manifests;
    manifests.diagnostics.push_back({Diagnostic::Severity::error, {"a.yaml", 3, 1}, "broken", "yaml", "", {}});
    BOOST_TEST((validate(manifests, caseOptions()).diagnostics == manifests.diagnostics));
}

BOOST_AUTO_TEST_CASE(a_document_that_is_no_mapping_is_an_error_not_a_crash)
{
    Manifests manifests;
    manifests.documents.push_back({"a.yaml", std::string("text"), {}});
    manifests.documents.push_back({"b.yaml", {}, {}});
    const auto found = validate(manifests, caseOptions()).diagnostics;
    BOOST_REQUIRE(found.size() == 2);
    BOOST_TEST(found[0].rule == "not-a-mapping");
    BOOST_TEST(found[1].rule == "not-a-mapping");
}

BOOST_AUTO_TEST_CASE(programs_that_fetch_a_package_are_told_from_those_that_do_not)
{
    using Arguments = std::vector<std::string>;
    for (const Arguments& fetching : {Arguments{"npx", "-y", "x"},
                                      {"/usr/bin/uvx", "x"},
                                      {"npm", "exec", "x"},
                                      {"pip", "install", "x"},
                                      {"yarn", "dlx", "x"}})
        BOOST_TEST(fetchesPackage(fetching), fetching.front());
    for (const Arguments& plain : {Arguments{},
                                   {"node", "npx"},
                                   {"npm", "start"},
                                   {"npx", "--offline", "x"},
                                   {"sh", "-c", "npx x"},
                                   {"pip"},
                                   {""}})
        BOOST_TEST(!fetchesPackage(plain));
}

BOOST_AUTO_TEST_CASE(without_a_way_to_follow_links_no_folder_of_the_host_is_mounted)
{
    ValidateOptions options = caseOptions();
    BOOST_TEST(validate(loadText(serverText + allowText), options).diagnostics.empty());
    options.policy.resolve = nullptr;
    const auto found = validate(loadText(serverText + allowText), options).diagnostics;
    BOOST_REQUIRE(found.size() == 1);
    BOOST_TEST(found[0].rule == "host-path-unresolved");
}

BOOST_AUTO_TEST_CASE(a_link_out_of_an_allowed_folder_is_not_allowed)
{
    ValidateOptions options = caseOptions();
    options.policy.resolve = [](const std::string& path) -> std::optional<std::string>
    { return path == "/srv/x" ? "/opt/elsewhere" : path; };
    const auto found = validate(loadText(serverText + allowText), options).diagnostics;
    BOOST_REQUIRE(found.size() == 1);
    BOOST_TEST(found[0].rule == "host-path-mount");
}

BOOST_AUTO_TEST_CASE(an_allowed_folder_may_itself_be_a_link)
{
    ValidateOptions options = caseOptions();
    options.policy.resolve = [](const std::string& path) -> std::optional<std::string>
    { return path.starts_with("/srv") ? "/mnt/disk" + path : path; };
    BOOST_TEST(validate(loadText(serverText + allowText), options).diagnostics.empty());
}

BOOST_AUTO_TEST_CASE(the_project_is_part_of_every_name)
{
    ValidateOptions options = caseOptions();
    options.project = ProjectName("acme");
    const auto manifests = loadText(contentOf(dataFolder / "validate/valid/networks.yaml"));
    const auto desired = validate(manifests, options).desired;
    BOOST_TEST(desired.instances.contains(InstanceName("acme-both-memory")));
    BOOST_TEST(desired.networks.contains(NetworkName("acme-tools-db")));
    BOOST_TEST(desired.networks.contains(NetworkName("mcpctl-network")));
}

BOOST_AUTO_TEST_CASE(what_is_filled_in_is_not_looked_at_again)
{
    const auto parsed = parseTemplate("${config.a}$${config.b}${config.c:-${x}", {"a", "b", "c"}, {});
    BOOST_TEST(parsed.diagnostics.empty());
    const auto expansion = expand(parsed.value, {"p", "s", "i", {{"a", "${config.b}$$"}}});
    BOOST_TEST(expansion.text == "${config.b}$$${config.b}${x");
    BOOST_TEST(expansion.missing.empty());
}

BOOST_AUTO_TEST_CASE(paths_are_compared_by_steps)
{
    BOOST_TEST(isAtOrBelow("/srv/mcp", "/srv/mcp"));
    BOOST_TEST(isAtOrBelow("/srv/mcp/x", "/srv/mcp"));
    BOOST_TEST(!isAtOrBelow("/srv/mcp-other", "/srv/mcp"));
    BOOST_TEST(isAtOrBelow("/srv", "/"));
    BOOST_TEST(normalPath("//srv/./mcp//") == "/srv/mcp");
    BOOST_TEST(normalPath("/") == "/");
    BOOST_TEST(climbs("/a/../b"));
    BOOST_TEST(!climbs("/a/..b/c.."));
}

BOOST_AUTO_TEST_CASE(only_addresses_of_this_host_alone_are_loopback)
{
    for (const char* address : {"127.0.0.1", "127.255.0.1", "::1", "0:0:0:0:0:0:0:1"})
        BOOST_TEST(isLoopback(address), address);
    for (const char* address : {"0.0.0.0", "::", "128.0.0.1", "10.0.0.1", "::ffff:127.0.0.1", "localhost", "",
                                "0127.0.0.1", "127.1", "2130706433"})
        BOOST_TEST(!isLoopback(address), address);
    BOOST_TEST(parsePublication("[0::1]:80", 1).value().address == "::1");
    BOOST_TEST(!parsePublication("127.0.0.010:80", 1));
    BOOST_TEST(!parsePublication("127.1:80", 1));
}

BOOST_AUTO_TEST_CASE(ten_thousand_instances_take_time_in_proportion)
{
    LoadLimits limits;
    limits.maxNodes = limits.maxTotalNodes = 10'000'000;
    limits.maxFileBytes = limits.maxTotalBytes = 1'000'000'000;
    double perInstance = 0;
    for (const int count : {1000, 10000})
    {
        std::istringstream input(fleet(count));
        const Manifests manifests = load({"-"}, input, limits);
        validate({}, caseOptions()); // the schemas are compiled once, in whoever comes first
        const std::clock_t begin = std::clock();
        const auto validated = validate(manifests, caseOptions());
        const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        BOOST_TEST(renderDiagnostics(validated.diagnostics, {}) == "");
        BOOST_TEST(validated.desired.instances.size() == static_cast<std::size_t>(count));
        BOOST_TEST_MESSAGE(count << " instances: " << seconds * 1000 << " ms");
        if (perInstance != 0)
            BOOST_TEST(seconds / count < perInstance * 5);
        perInstance = seconds / count;
    }
}

BOOST_AUTO_TEST_SUITE_END()
