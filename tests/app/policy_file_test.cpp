/// `--policy`: SecurityPolicies that whoever writes the manifests cannot loosen.
#include "app/outside_policies.h"
#include "app/pipeline.h"
#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

struct Fixture
{
    TemporaryFolder folder;
    GlobalOptions global;

    std::string policy(const std::string& name, const std::string& spec) const
    {
        return folder.write(name, "apiVersion: mcpctl/v1\nkind: SecurityPolicy\nmetadata: {name: team}\nspec:\n" + spec)
            .string();
    }

    Declared declared(const std::string& image, const std::string& treePolicy = "") const
    {
        folder.write("tree/server.yaml",
                     "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: memory}\nspec: {image: \"" + image +
                         "\"}\n---\napiVersion: mcpctl/v1\nkind: Profile\nmetadata: {name: dev}\n"
                         "spec: {servers: [{server: memory}]}\n");
        if (!treePolicy.empty())
            policy("tree/policy.yaml", treePolicy);
        std::istringstream none;
        return declare(global, {(folder.path() / "tree").string()}, none);
    }

    static bool says(const Declared& declared, const std::string& rule, Diagnostic::Severity severity)
    {
        return std::any_of(declared.diagnostics.begin(), declared.diagnostics.end(),
                           [&](const Diagnostic& each) { return each.rule == rule && each.severity == severity; });
    }

    static bool denies(const Declared& declared, const std::string& rule)
    {
        return says(declared, rule, Diagnostic::Severity::error);
    }
};

const std::string sources = "  rules: {image-source: {level: deny, allow: [ghcr.io/acme]}}\n";
const std::string exempt = "  exemptions: [{rule: image-source, server: memory, reason: x, until: 2999-01-01}]\n";

}

BOOST_FIXTURE_TEST_SUITE(policy_file_test, Fixture)

BOOST_AUTO_TEST_CASE(a_policy_from_outside_is_held_against_the_manifests)
{
    global.policies = {policy("outside.yaml", sources)};
    BOOST_TEST(denies(declared("evil/x:1"), "image-source"));
    BOOST_TEST(declared("ghcr.io/acme/x:1").valid());
}

BOOST_AUTO_TEST_CASE(the_tree_can_loosen_nothing_of_it_and_tighten_all_of_it)
{
    global.policies = {policy("outside.yaml", sources)};
    for (const std::string& loose :
         {std::string("  rules: {image-source: {level: off, allow: []}}\n"), exempt,
          std::string("  rules: {image-source: {level: warn, allow: [docker.io]}}\n") + exempt})
        BOOST_TEST(denies(declared("evil/x:1", loose), "image-source"), loose);
    BOOST_TEST(denies(declared("ghcr.io/acme/x:1", "  rules: {image-digest: {level: deny}}\n"), "image-digest"));
}

BOOST_AUTO_TEST_CASE(what_it_does_not_name_the_tree_cannot_loosen_either)
{
    const std::string loose = "  rules: {image-tag-latest: {level: off}}\n";
    BOOST_TEST(!says(declared("x:latest", loose), "image-tag-latest", Diagnostic::Severity::warning));
    global.policies = {policy("outside.yaml", "  rules: {}\n")};
    BOOST_TEST(says(declared("x:latest", loose), "image-tag-latest", Diagnostic::Severity::warning));
}

BOOST_AUTO_TEST_CASE(its_own_exemptions_hold_and_are_told)
{
    global.policies = {policy("outside.yaml", sources + exempt)};
    const auto found = declared("evil/x:1");
    BOOST_TEST(found.valid());
    BOOST_TEST(says(found, "exemption", Diagnostic::Severity::note));
}

BOOST_AUTO_TEST_CASE(of_two_the_stricter_wins)
{
    folder.write("two/b.yaml", "apiVersion: mcpctl/v1\nkind: SecurityPolicy\nmetadata: {name: second}\nspec: {rules: "
                               "{image-source: {level: warn, allow: []}}}\n");
    global.policies = {policy("outside.yaml", sources), (folder.path() / "two").string()};
    BOOST_TEST(denies(declared("evil/x:1"), "image-source"));
    BOOST_TEST(says(declared("ghcr.io/acme/x:1"), "image-source", Diagnostic::Severity::warning));
}

BOOST_AUTO_TEST_CASE(one_that_is_missing_empty_or_broken_is_an_error)
{
    const auto file = [this](const std::string& text) { return folder.write("policy.yaml", text).string(); };
    std::vector<std::string> bad{(folder.path() / "missing.yaml").string()};
    for (const auto& path : bad)
    {
        global.policies = {path};
        BOOST_TEST(!declared("x:1").valid(), path);
    }
    for (const char* text : {"", "# nothing\n", "---\n---\n", "a: [\n", "kind: SecurityPolicy\n",
                             "apiVersion: mcpctl/v1\nkind: SecurityPolicy\nmetadata: {name: x}\nspec: {rules: "
                             "{image-sauce: {level: deny}}}\n",
                             "apiVersion: mcpctl/v1\nkind: SecurityPolicy\nmetadata: {name: x}\nspec: {rules: "
                             "{image-digest: {level: of}}}\n",
                             "apiVersion: mcpctl/v1\nkind: Network\nmetadata: {name: x}\nspec: {}\n",
                             "apiVersion: mcpctl/v1\nkind: [x]\n"})
    {
        global.policies = {file(text)};
        BOOST_TEST(!declared("x:1").valid(), text);
    }
    global.policies = {"-"};
    BOOST_CHECK_THROW(declared("x:1"), UsageError);
    folder.write("empty/readme.txt", "x");
    global.policies = {(folder.path() / "empty").string()};
    BOOST_TEST(!declared("x:1").valid());
}

BOOST_AUTO_TEST_CASE(what_is_denied_is_told_by_instance)
{
    global.policies = {policy("outside.yaml", sources + "  enforce: stop\n")};
    BOOST_TEST((declared("evil/x:1").stopped == std::set{InstanceName("mcpctl-dev-memory")}));
    BOOST_TEST(declared("ghcr.io/acme/x:1").stopped.empty());
    global.policies = {policy("outside.yaml", sources)};
    BOOST_TEST(declared("evil/x:1").stopped.empty());
}

BOOST_AUTO_TEST_CASE(the_policies_of_now_are_held_against_the_manifests_of_then)
{
    const auto good = declared("evil/x:1");
    global.policies = {policy("outside.yaml", sources + "  enforce: stop\n")};
    const auto newest = declared("ghcr.io/acme/x:latest", "  rules: {image-tag-latest: {level: deny}}\n");
    BOOST_TEST(!newest.valid());
    BOOST_TEST(stoppedNow(good, newest, global).size() == 1u);
    const auto allowed = declared("ghcr.io/acme/x:1");
    BOOST_TEST(stoppedNow(allowed, newest, global).empty());
}

BOOST_AUTO_TEST_SUITE_END()
