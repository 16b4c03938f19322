// docs/policy.md tells of the rules what the table says. MCPCTL_UPDATE_EXPECTED=1 writes it there.

#include "case_files.h"

#include "validate/schemas.h"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

using namespace mcpctl;
using namespace mcpctl::test;

namespace
{

std::string tableOfRules()
{
    std::string out = "\n| rule | level | why | parameters |\n|---|---|---|---|\n";
    for (const RuleInfo& rule : policyRules())
        out += "| `" + rule.id + "` | " + (rule.switchable ? rule.level : "**always**") + " | " + rule.why + " | " +
               rule.takes + " |\n";
    return out + "\n";
}

}

BOOST_AUTO_TEST_SUITE(policy_docs_test)

BOOST_AUTO_TEST_CASE(the_docs_tell_every_rule_as_the_table_has_it)
{
    const fs::path file = dataFolder / "../../docs/policy.md";
    const std::string text = contentOf(file);
    const std::string begin = "policy_docs_test.cpp -->\n";
    const std::string end = "<!-- /rules -->";
    const auto from = text.find(begin) + begin.size();
    const auto to = text.find(end);
    BOOST_REQUIRE(to != std::string::npos && from < to + 1);
    compareWithFile(text.substr(0, from) + tableOfRules() + text.substr(to), file);
}

BOOST_AUTO_TEST_CASE(the_schema_offers_parameters_for_the_rules_that_take_some_and_tells_their_default_level)
{
    const auto schema = Poco::JSON::Parser()
                            .parse(std::string(embeddedSchemas().at("SecurityPolicy")))
                            .extract<Poco::JSON::Object::Ptr>();
    const auto rules = schema->getObject("properties")->getObject("spec")->getObject("properties")->getObject("rules");
    const auto known = rules->getObject("properties");
    std::set<std::string> takers;
    for (const RuleInfo& rule : policyRules())
        if (!rule.takes.empty())
        {
            takers.insert(rule.id);
            BOOST_REQUIRE(known->has(rule.id));
            const auto description = known->getObject(rule.id)->getValue<std::string>("description");
            BOOST_TEST(description.find("Default: " + rule.level) != std::string::npos, description);
        }
    const auto names = known->getNames();
    BOOST_TEST((takers == std::set<std::string>(names.begin(), names.end())));
}

BOOST_AUTO_TEST_SUITE_END()
