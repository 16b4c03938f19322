// The schemas themselves: only what valijson really checks, a description for every field, patterns that
// compile; and that the judge (valijson) and the explainer never disagree.

#include "case_files.h"
#include "model/json_text.h"

#include "model/quantity.h"
#include "validate/patterns.h"
#include "validate/schemas.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <functional>
#include <random>
#include <stdexcept>

using namespace mcpctl;
using namespace mcpctl::test;
using Poco::Dynamic::Var;
using ObjectPtr = Poco::JSON::Object::Ptr;
using ArrayPtr = Poco::JSON::Array::Ptr;

namespace
{

ObjectPtr parsed(std::string_view text)
{
    return Poco::JSON::Parser().parse(std::string(text)).extract<ObjectPtr>();
}

/// Calls `visit` for a schema and every schema within it.
void walk(const ObjectPtr& schema, const std::string& path,
          const std::function<void(const ObjectPtr&, const std::string&)>& visit)
{
    visit(schema, path);
    for (const char* maps : {"properties", "definitions"})
        if (const ObjectPtr members = schema->getObject(maps))
            for (const auto& name : members->getNames())
                walk(members->getObject(name), path + "/" + maps + "/" + name, visit);
    for (const char* one : {"items", "additionalProperties", "propertyNames", "if", "then"})
        if (const ObjectPtr inner = schema->getObject(one))
            walk(inner, path + "/" + one, visit);
    if (const ArrayPtr branches = schema->getArray("oneOf"))
        for (const Var& branch : *branches)
            walk(branch.extract<ObjectPtr>(), path + "/oneOf", visit);
}

void walkAll(const std::function<void(const ObjectPtr&, const std::string&)>& visit)
{
    for (const auto& [kind, text] : embeddedSchemas())
        walk(parsed(text), std::string(kind), visit);
}

}

BOOST_AUTO_TEST_SUITE(schemas_test)

BOOST_AUTO_TEST_CASE(there_is_one_schema_per_kind)
{
    BOOST_TEST(knownKinds() == (std::vector<std::string>{"McpServer", "Network", "Profile", "SecurityPolicy"}),
               boost::test_tools::per_element());
    for (const auto& [kind, text] : embeddedSchemas())
        BOOST_TEST(parsed(text)->getValue<std::string>("title") == kind);
}

BOOST_AUTO_TEST_CASE(only_keywords_that_are_really_checked_stand_in_a_schema)
{
    // The first row says nothing about validity. valijson ignores what it does not know, so a misspelt
    // keyword would let everything pass.
    const std::set<std::string> known{
        "$schema", "title",    "description", "patternErrorMessage", "definitions",
        "type",    "enum",     "required",    "properties",          "additionalProperties",
        "items",   "minItems", "maxItems",    "minLength",           "maxLength",
        "pattern", "minimum",  "maximum",     "propertyNames",       "oneOf",
        "if",      "then",     "$ref"};
    walkAll(
        [&](const ObjectPtr& schema, const std::string& path)
        {
            for (const auto& keyword : schema->getNames())
                BOOST_TEST(known.contains(keyword), path << ": " << keyword);
            if (schema->has("$ref")) // its siblings are ignored, except the description for editors
                for (const auto& keyword : schema->getNames())
                    BOOST_TEST((keyword == "$ref" || keyword == "description"), path << ": " << keyword);
        });
}

BOOST_AUTO_TEST_CASE(every_field_has_a_description)
{
    walkAll(
        [](const ObjectPtr& schema, const std::string& path)
        {
            const ObjectPtr properties = schema->getObject("properties");
            if (!properties || path.find("/if") != std::string::npos)
                return;
            for (const auto& name : properties->getNames())
                BOOST_TEST(properties->getObject(name)->has("description"), path << ": " << name);
        });
}

BOOST_AUTO_TEST_CASE(every_mapping_takes_only_known_fields_or_says_what_others_are)
{
    walkAll(
        [](const ObjectPtr& schema, const std::string& path)
        {
            if (schema->has("properties") && path.find("/if") == std::string::npos)
                BOOST_TEST(schema->has("additionalProperties"), path);
        });
}

BOOST_AUTO_TEST_CASE(every_pattern_compiles_is_anchored_and_has_words)
{
    walkAll(
        [](const ObjectPtr& schema, const std::string& path)
        {
            if (!schema->has("pattern"))
                return;
            const auto pattern = schema->getValue<std::string>("pattern");
            BOOST_CHECK_NO_THROW(PatternCache().matches(pattern, ""));
            BOOST_TEST(pattern.front() == '^', path);
            BOOST_TEST(schema->getValue<std::string>("patternErrorMessage").starts_with("must be "), path);
        });
}

BOOST_AUTO_TEST_CASE(definitions_that_two_schemas_share_are_the_same)
{
    const auto definition = [](const char* kind, const char* name)
    { return jsonText(*parsed(embeddedSchemas().at(kind))->getObject("definitions")->getObject(name)); };
    for (const char* name : {"name", "envName", "envValue", "bytes", "resources"})
        BOOST_TEST(definition("McpServer", name) == definition("Profile", name));
}

BOOST_AUTO_TEST_CASE(the_patterns_of_amounts_are_what_the_parsers_read)
{
    const ObjectPtr definitions = parsed(embeddedSchemas().at("McpServer"))->getObject("definitions");
    const auto pattern = [](const ObjectPtr& schema) { return schema->getValue<std::string>("pattern"); };
    PatternCache patterns;
    const std::string bytes = pattern(definitions->getObject("bytes"));
    const std::string duration = pattern(definitions->getObject("duration"));
    const std::string cpus = pattern(definitions->getObject("resources")->getObject("properties")->getObject("cpus"));
    std::mt19937 random(7);
    const std::string letters = "0125.KMGTkmgtbisdhu";
    for (int i = 0; i < 20000; ++i)
    {
        std::string text;
        for (std::size_t length = random() % 6; text.size() < length;)
            text += letters[random() % letters.size()];
        // What is read is also of the form; of the form but not read are parts of bytes, and what is
        // too small a unit for a manifest.
        if (parseBytes(text))
            BOOST_TEST(patterns.matches(bytes, text), text);
        if (parseNanoCpus(text) || patterns.matches(cpus, text))
            BOOST_TEST((parseNanoCpus(text).has_value() && patterns.matches(cpus, text)), text);
        if (patterns.matches(duration, text))
            BOOST_TEST(parseDuration(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_schema_is_refused_at_once)
{
    using Texts = std::map<std::string_view, std::string_view>;
    BOOST_CHECK_THROW(CompiledSchemas(Texts{{"A", "{"}}), std::logic_error);
    BOOST_CHECK_THROW(CompiledSchemas(Texts{{"A", R"({"type": "strnig"})"}}), std::logic_error);
}

BOOST_AUTO_TEST_CASE(a_text_that_no_regex_survives_is_an_error_not_a_crash)
{
    Manifests manifests = loadText("apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: a}\nspec: {}\n");
    BOOST_REQUIRE(manifests.documents.size() == 1);
    manifests.documents[0].root.extract<ObjectPtr>()->getObject("metadata")->set("name", std::string(1'000'000, 'a'));
    const auto found = validate(manifests, caseOptions()).diagnostics;
    BOOST_REQUIRE(found.size() == 1);
    BOOST_TEST(found[0].rule == "too-long");
}

BOOST_AUTO_TEST_SUITE_END()
