#include "validate/explain.h"

#include "validate/findings.h"

#include <Poco/JSON/Array.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

using Poco::Dynamic::Var;
using ObjectPtr = Poco::JSON::Object::Ptr;
using ArrayPtr = Poco::JSON::Array::Ptr;

bool isObject(const Var& value)
{
    return value.type() == typeid(ObjectPtr);
}

bool isArray(const Var& value)
{
    return value.type() == typeid(ArrayPtr);
}

bool isInteger(const Var& value)
{
    return value.isInteger() && !value.isBoolean();
}

bool isNumber(const Var& value)
{
    return value.isNumeric() && !value.isBoolean() && !value.isString();
}

bool hasType(const Var& value, const std::string& type)
{
    if (type == "string")
        return value.isString();
    if (type == "integer")
        return isInteger(value);
    if (type == "number")
        return isNumber(value);
    if (type == "boolean")
        return value.isBoolean();
    if (type == "array")
        return isArray(value);
    return type == "object" && isObject(value);
}

std::string nameOfActual(const Var& value)
{
    if (value.isEmpty())
        return "nothing";
    if (value.isString())
        return "a string";
    if (value.isBoolean())
        return "a boolean";
    if (isNumber(value))
        return isInteger(value) ? "a number" : "a fraction";
    return isArray(value) ? "a list" : "a mapping";
}

/// The strings of a schema's list, as under `required`.
std::vector<std::string> texts(const ObjectPtr& schema, const std::string& keyword)
{
    std::vector<std::string> result;
    const Var value = schema->get(keyword);
    if (value.isString())
        result.push_back(value.extract<std::string>());
    else if (isArray(value))
        for (const Var& item : *value.extract<ArrayPtr>())
            result.push_back(item.toString());
    return result;
}

std::string nameOfType(const std::string& type, const ObjectPtr& schema)
{
    if (type == "integer")
        return "a whole number";
    if (type == "array")
    {
        const ObjectPtr items = schema->getObject("items");
        const auto itemTypes = items ? texts(items, "type") : std::vector<std::string>{};
        if (itemTypes == std::vector<std::string>{"string"})
            return "a list of strings";
        return itemTypes == std::vector<std::string>{"object"} ? "a list of mappings" : "a list";
    }
    return type == "object" ? "a mapping" : "a " + type;
}

std::size_t countCharacters(const std::string& text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string label(const std::string& name)
{
    return name.empty() ? "" : quoted(name) + ": ";
}

}

Explainer::Explainer(const Document& document, ObjectPtr schema, PatternCache& patterns)
    : document_(document), root_(std::move(schema)), patterns_(patterns)
{
}

Diagnostics Explainer::explain()
{
    checkValue(root_, document_.root, "", "");
    return std::move(found_);
}

void Explainer::report(const std::string& pointer, std::string rule, std::string message, std::string hint)
{
    found_.push_back(makeError(document_.placeOf(pointer), std::move(rule), std::move(message), std::move(hint)));
}

Explainer::ObjectPtr Explainer::resolve(const ObjectPtr& schema) const
{
    static const std::string prefix = "#/definitions/";
    if (!schema->has("$ref"))
        return schema;
    const auto ref = schema->getValue<std::string>("$ref");
    return root_->getObject("definitions")->getObject(ref.substr(prefix.size()));
}

bool Explainer::obeys(const ObjectPtr& schema, const Var& value)
{
    Explainer inner(document_, root_, patterns_);
    inner.checkValue(schema, value, "", "");
    return inner.found_.empty();
}

void Explainer::checkValue(const ObjectPtr& reference, const Var& value, const std::string& pointer,
                           const std::string& name)
{
    const ObjectPtr schema = resolve(reference);
    const auto types = texts(schema, "type");
    const auto allowed = texts(schema, "enum");
    const bool rightType = types.empty() || std::any_of(types.begin(), types.end(),
                                                        [&](const std::string& type) { return hasType(value, type); });
    // Where a condition asks for a value alone there is no type to tell of; nothing is none of them.
    if (types.empty() && value.isEmpty())
        return report(pointer, "wrong-type", label(name) + "expected a value, got nothing");
    if (!rightType && (allowed.empty() || value.isEmpty() || isArray(value) || isObject(value)))
        return explainType(schema, value, pointer, name);
    if (!rightType ||
        (!allowed.empty() && std::find(allowed.begin(), allowed.end(), value.toString()) == allowed.end()))
        return explainEnum(schema, value, pointer, name);
    if (value.isString())
        checkText(schema, value.extract<std::string>(), pointer, name);
    else if (isNumber(value))
        checkNumber(schema, value, pointer, name);
    else if (isArray(value))
        checkList(schema, value, pointer, name);
    else if (isObject(value))
        checkMapping(schema, value, pointer, name);
}

void Explainer::explainType(const ObjectPtr& schema, const Var& value, const std::string& pointer,
                            const std::string& name)
{
    const auto types = texts(schema, "type");
    std::string expected;
    for (std::size_t i = 0; i < types.size(); ++i)
        expected += (i == 0 ? "" : i + 1 == types.size() ? " or " : ", ") + nameOfType(types[i], schema);

    std::string hint;
    const bool wantsText = std::find(types.begin(), types.end(), "string") != types.end();
    if (wantsText && schema->has("patternErrorMessage"))
        hint = "it " + schema->getValue<std::string>("patternErrorMessage");
    else if (wantsText && (value.isBoolean() || isNumber(value)))
        hint = "quote it: \"" + value.toString() + "\"";
    else if (types.front() == "array" && value.isString())
        hint = "write one list item per argument";
    report(pointer, "wrong-type", label(name) + "expected " + expected + ", got " + nameOfActual(value), hint);
}

void Explainer::explainEnum(const ObjectPtr& schema, const Var& value, const std::string& pointer,
                            const std::string& name)
{
    const auto allowed = texts(schema, "enum");
    const auto best = nearest(value.toString(), allowed);
    const std::string expected =
        allowed.size() == 1 ? "must be " + quoted(allowed.front()) : "must be one of " + quotedList(allowed);
    report(pointer, "wrong-value", label(name) + expected + ", not " + quoted(value.toString()),
           best.empty() || allowed.size() == 1 ? "" : "did you mean " + quoted(best) + "?");
}

void Explainer::checkText(const ObjectPtr& schema, const std::string& text, const std::string& pointer,
                          const std::string& name)
{
    if (schema->has("minLength") && countCharacters(text) < schema->getValue<std::size_t>("minLength"))
        return report(pointer, "wrong-length", label(name) + "must not be empty");
    if (schema->has("maxLength") && countCharacters(text) > schema->getValue<std::size_t>("maxLength"))
        return report(pointer, "wrong-length",
                      label(name) + "longer than " + schema->getValue<std::string>("maxLength") + " characters");
    if (!schema->has("pattern"))
        return;
    if (!patterns_.matches(schema->getValue<std::string>("pattern"), text))
        report(pointer, "wrong-form", quoted(text) + " " + schema->getValue<std::string>("patternErrorMessage"));
}

void Explainer::checkNumber(const ObjectPtr& schema, const Var& value, const std::string& pointer,
                            const std::string& name)
{
    const auto number = value.convert<double>();
    if (schema->has("minimum") && number < schema->getValue<double>("minimum"))
        report(pointer, "out-of-range",
               label(name) + "must be at least " + schema->getValue<std::string>("minimum") + ", not " +
                   value.toString());
    else if (schema->has("maximum") && number > schema->getValue<double>("maximum"))
        report(pointer, "out-of-range",
               label(name) + "must be at most " + schema->getValue<std::string>("maximum") + ", not " +
                   value.toString());
}

void Explainer::checkList(const ObjectPtr& schema, const Var& value, const std::string& pointer,
                          const std::string& name)
{
    const auto& list = *value.extract<ArrayPtr>();
    if (schema->has("minItems") && list.size() < schema->getValue<std::size_t>("minItems"))
        report(pointer, "wrong-length", label(name) + "must not be empty", "leave it out");
    if (schema->has("maxItems") && list.size() > schema->getValue<std::size_t>("maxItems"))
        report(pointer, "wrong-length",
               label(name) + "more than " + schema->getValue<std::string>("maxItems") + " items");
    if (!schema->has("items"))
        return;
    std::size_t index = 0;
    for (const Var& item : list)
        checkValue(schema->getObject("items"), item, childPointer(pointer, index++), name);
}

void Explainer::checkMapping(const ObjectPtr& schema, const Var& value, const std::string& pointer,
                             const std::string& name)
{
    checkPresence(schema, schema, value, pointer, name);
    checkMembers(schema, value, pointer);
    checkChoice(schema, value, pointer);
    if (schema->has("if") && obeys(schema->getObject("if"), value))
        checkPresence(schema->getObject("then"), schema, value, pointer, name);
}

}
