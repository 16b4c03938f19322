// The cases of tests/data/validate and tests/data/policy: a new one is a text file, no code.

#include "case_files.h"
#include "dump.h"

#include "validate/policy.h"

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

std::string expectedFor(const fs::path& path)
{
    return withEnding(path, ".expected").string();
}

}

BOOST_AUTO_TEST_SUITE(validate_cases_test)

BOOST_AUTO_TEST_CASE(every_mistake_is_found_once_at_its_place_and_in_words)
{
    const auto cases = casesIn(dataFolder / "validate/invalid", ".yaml");
    BOOST_TEST(cases.size() > 30);
    for (const auto& path : cases)
        compareWithFile(findingsOf(contentOf(path), path.filename().string()), expectedFor(path));
}

BOOST_AUTO_TEST_CASE(valid_manifests_become_exactly_the_expected_instances)
{
    const auto cases = casesIn(dataFolder / "validate/valid", ".yaml");
    BOOST_TEST(cases.size() > 5);
    for (const auto& path : cases)
    {
        const std::string name = path.filename().string();
        const Manifests manifests = loadText(contentOf(path), name);
        const Validated validated = validate(manifests, caseOptions());
        BOOST_TEST(!hasErrors(validated.diagnostics), name);
        const std::string findings = renderDiagnostics(validated.diagnostics, manifests.texts);
        compareWithFile(findings + (findings.empty() ? "" : "\n") + dump(validated.desired), expectedFor(path));
    }
}

BOOST_AUTO_TEST_CASE(every_rule_has_a_case_that_passes_and_one_that_fails)
{
    for (const RuleInfo& rule : policyRules())
    {
        const fs::path pass = dataFolder / "policy" / (rule.id + ".pass.yaml");
        const fs::path fail = dataFolder / "policy" / (rule.id + ".fail.yaml");
        BOOST_TEST(fs::exists(pass), pass);
        BOOST_TEST(fs::exists(fail), fail);
        const std::string findings = findingsOf(contentOf(fail), fail.filename().string());
        BOOST_TEST(findings.find(rule.id) != std::string::npos, rule.id << " is not in\n" << findings);
        compareWithFile(findings, expectedFor(fail));
    }
}

BOOST_AUTO_TEST_CASE(what_passes_a_rule_gives_no_finding_at_all)
{
    for (const auto& path : casesIn(dataFolder / "policy", ".pass.yaml"))
        BOOST_TEST(findingsOf(contentOf(path), path.filename().string()) == "", path.filename());
}

BOOST_AUTO_TEST_SUITE_END()
