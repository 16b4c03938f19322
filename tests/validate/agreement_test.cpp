// Documents made wrong at random: whatever valijson refuses gets words, and what it takes gets none.

#include "case_files.h"

#include "validate/explain.h"
#include "validate/schemas.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <random>

using namespace mcpctl;
using namespace mcpctl::test;
using Poco::Dynamic::Var;
using ObjectPtr = Poco::JSON::Object::Ptr;
using ArrayPtr = Poco::JSON::Array::Ptr;

namespace
{

class Mutator
{
public:
    explicit Mutator(unsigned seed) : random_(seed) {}

    /// `value` with something changed somewhere below it.
    Var mutate(const Var& value)
    {
        if (random_() % 15 == 0)
            return anything();
        if (value.type() == typeid(ObjectPtr))
            return mutateObject(*value.extract<ObjectPtr>());
        if (value.type() == typeid(ArrayPtr) && value.extract<ArrayPtr>()->size() > 0)
        {
            ArrayPtr copy = new Poco::JSON::Array(*value.extract<ArrayPtr>());
            const auto index = random_() % copy->size();
            copy->set(static_cast<unsigned>(index), mutate(copy->get(static_cast<unsigned>(index))));
            return copy;
        }
        return value.isString() && random_() % 4 != 0 ? Var(text()) : anything();
    }

private:
    Var mutateObject(const Poco::JSON::Object& object)
    {
        ObjectPtr copy = new Poco::JSON::Object(object);
        const auto names = copy->getNames();
        const auto choice = random_() % 10;
        if (names.empty() || choice == 0)
            copy->set(key(), anything());
        else if (const auto& name = names[random_() % names.size()]; choice == 1)
            copy->remove(name);
        else if (choice == 2)
        {
            copy->set(name + "x", copy->get(name));
            copy->remove(name);
        }
        else
        {
            // Near the root nearly everything is fixed: most of what can be changed is in the spec.
            const auto& where = copy->has("spec") && random_() % 8 != 0 ? "spec" : name;
            copy->set(where, mutate(copy->get(where)));
        }
        return copy;
    }

    std::string key()
    {
        static const std::vector<std::string> keys{"name", "type", "x", "1", "hostPath", "port", "a b", "level", ""};
        return keys[random_() % keys.size()];
    }

    std::string text()
    {
        static const std::vector<std::string> texts{
            "",     "a",  "A B", "10s",     "512Mi",    "stdio", "streamable-http",
            "deny", "no", "/x",  "command", "\xC3\xBC", "x:1",   "2026-01-01"};
        return texts[random_() % texts.size()];
    }

    Var anything()
    {
        switch (random_() % 9)
        {
        case 0:
            return Var();
        case 1:
            return Var(random_() % 2 == 0);
        case 2:
            return Var(static_cast<Poco::Int64>(random_() % 100000) - 10);
        case 3:
            return Var(0.5);
        case 4:
            return Var(ArrayPtr(new Poco::JSON::Array));
        case 5:
            return Var(ObjectPtr(new Poco::JSON::Object));
        case 6:
            return Var(std::string(random_() % 300, 'a'));
        default:
            return Var(text());
        }
    }

    std::mt19937 random_;
};

}

BOOST_AUTO_TEST_SUITE(agreement_test)

BOOST_AUTO_TEST_CASE(what_the_judge_refuses_gets_words_and_what_it_takes_gets_none)
{
    SchemaChecker checker(CompiledSchemas::builtIn());
    PatternCache patterns;
    std::map<std::string, ObjectPtr> schemas;
    for (const auto& [kind, text] : embeddedSchemas())
        schemas[std::string(kind)] = Poco::JSON::Parser().parse(std::string(text)).extract<ObjectPtr>();

    Mutator mutator(20260601);
    std::size_t refused = 0;
    std::size_t taken = 0;
    for (const char* folder : {"validate/valid", "policy"})
        for (const auto& path : casesIn(dataFolder / folder, ".yaml"))
            for (const Document& original : loadText(contentOf(path)).documents)
                for (int i = 0; i < 60; ++i)
                {
                    Document document{"x.yaml", original.root, {}};
                    for (int changes = 0; changes <= i % 3; ++changes)
                        document.root = mutator.mutate(document.root);
                    const auto said = checker.check(document);
                    for (const auto& diagnostic : said)
                        BOOST_TEST(diagnostic.rule != "schema", path << ": the judge refuses, and nobody knows why");
                    (said.empty() ? taken : refused) += 1;
                    if (!said.empty())
                        continue;
                    const auto kind = document.root.extract<ObjectPtr>()->getValue<std::string>("kind");
                    const auto words = Explainer(document, schemas.at(kind), patterns).explain();
                    BOOST_TEST(words.empty(), path << ": the judge takes it, yet " << renderDiagnostics(words, {}));
                    // What obeys its schema can be read without a type error.
                    Manifests manifests;
                    manifests.documents.push_back(document);
                    BOOST_CHECK_NO_THROW(validate(manifests, caseOptions()));
                }
    BOOST_TEST(refused > 1000u);
    BOOST_TEST(taken > 500u);
}

BOOST_AUTO_TEST_SUITE_END()
