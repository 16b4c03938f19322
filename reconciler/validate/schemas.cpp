#if defined(__GNUC__) && !defined(__clang__)
// valijson uses <regex>, which g++ 12 under -fsanitize=address takes for uninitialised (GCC bug 105562).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include "validate/schemas.h"

#include "validate/explain.h"
#include "validate/findings.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Parser.h>
#include <valijson/adapters/poco_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <stdexcept>

namespace mcpctl
{

namespace
{

using Poco::Dynamic::Var;
using ObjectPtr = Poco::JSON::Object::Ptr;
using ArrayPtr = Poco::JSON::Array::Ptr;
using Adapter = valijson::adapters::PocoJsonAdapter;

// std::regex recurses once per character: far longer texts than anybody writes would end the process.
constexpr std::size_t longestText = 8192;

Diagnostic tooLong(const Document& document, const std::string& pointer)
{
    return makeError(document.placeOf(pointer), "too-long",
                     "a text of more than " + std::to_string(longestText) + " bytes", "keep it in a file or a volume");
}

Diagnostics longTexts(const Document& document, const Var& value, const std::string& pointer)
{
    Diagnostics found;
    const auto append = [&](Diagnostics more) { found.insert(found.end(), more.begin(), more.end()); };
    if (value.isString() && value.extract<std::string>().size() > longestText)
        found.push_back(tooLong(document, pointer));
    else if (value.type() == typeid(ArrayPtr))
    {
        std::size_t index = 0;
        for (const Var& item : *value.extract<ArrayPtr>())
            append(longTexts(document, item, childPointer(pointer, index++)));
    }
    else if (value.type() == typeid(ObjectPtr))
        for (const auto& [key, member] : *value.extract<ObjectPtr>())
        {
            if (key.size() > longestText)
                found.push_back(tooLong(document, pointer));
            else
                append(longTexts(document, member, childPointer(pointer, key)));
        }
    return found;
}

}

std::vector<std::string> knownKinds()
{
    std::vector<std::string> kinds;
    for (const auto& [kind, text] : embeddedSchemas())
        kinds.emplace_back(kind);
    return kinds;
}

struct CompiledSchemas::Impl
{
    struct One
    {
        ObjectPtr json; ///< for the words
        valijson::Schema schema;
    };
    std::map<std::string, One> byKind;
};

CompiledSchemas::CompiledSchemas(const std::map<std::string_view, std::string_view>& texts)
{
    auto impl = std::make_unique<Impl>();
    for (const auto& [kind, text] : texts)
    {
        auto& one = impl->byKind[std::string(kind)];
        try
        {
            const Var json = Poco::JSON::Parser().parse(std::string(text));
            one.json = json.extract<ObjectPtr>();
            valijson::SchemaParser().populateSchema(Adapter(json), one.schema);
        }
        catch (const std::exception& failure)
        {
            throw std::logic_error("schema " + std::string(kind) + ": " + failure.what());
        }
    }
    impl_ = std::move(impl);
}

CompiledSchemas::~CompiledSchemas() = default;

const CompiledSchemas& CompiledSchemas::builtIn()
{
    static const CompiledSchemas all(embeddedSchemas());
    return all;
}

struct SchemaChecker::Impl
{
    const CompiledSchemas::Impl& schemas;
    valijson::Validator validator;
    PatternCache patterns = {};
};

SchemaChecker::SchemaChecker(const CompiledSchemas& schemas) : impl_(new Impl{*schemas.impl_, valijson::Validator()}) {}

SchemaChecker::~SchemaChecker() = default;

Diagnostics SchemaChecker::check(const Document& document)
{
    if (document.root.type() != typeid(ObjectPtr))
        return {makeError(document.placeOf(""), "not-a-mapping", "a manifest must be a mapping of fields",
                          "begin with `apiVersion: mcpctl/v1` and `kind: ...`")};
    const auto& root = *document.root.extract<ObjectPtr>();
    const Var kind = root.get("kind");
    if (!root.has("kind"))
        return {makeError(document.placeOf(""), "missing-field", "missing field `kind`",
                          "known kinds: " + quotedList(knownKinds()))};
    if (!kind.isString())
        return {makeError(document.placeOf("/kind"), "wrong-type", "`kind`: expected a string",
                          "known kinds: " + quotedList(knownKinds()))};
    const auto schema = impl_->schemas.byKind.find(kind.extract<std::string>());
    if (schema == impl_->schemas.byKind.end())
        return {makeError(document.placeOf("/kind"), "unknown-kind",
                          "unknown kind " + quoted(kind.extract<std::string>()),
                          suggestion(kind.extract<std::string>(), knownKinds()))};

    if (auto found = longTexts(document, document.root, ""); !found.empty())
        return found;
    if (impl_->validator.validate(schema->second.schema, Adapter(document.root), nullptr))
        return {};
    auto found = Explainer(document, schema->second.json, impl_->patterns).explain();
    // The two judges agree (a test holds them against each other); should they ever not, a bad
    // document still does not pass.
    if (found.empty())
        found.push_back(makeError(document.placeOf(""), "schema", "does not obey the schema of " + schema->first));
    return found;
}

}
