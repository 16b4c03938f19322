// How the fields of a mapping are explained: which are unknown, which are missing, which exclude each
// other. The rest of Explainer is in explain.cpp.
#include "validate/explain.h"
#include "validate/findings.h"
#include "validate/policy.h"

#include <Poco/JSON/Array.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

using Poco::Dynamic::Var;
using ObjectPtr = Poco::JSON::Object::Ptr;
using ArrayPtr = Poco::JSON::Array::Ptr;

std::vector<std::string> keysOf(const ObjectPtr& object)
{
    return object ? object->getNames() : std::vector<std::string>{};
}

std::vector<std::string> required(const ObjectPtr& schema)
{
    std::vector<std::string> result;
    if (const ArrayPtr list = schema->getArray("required"))
        for (const Var& item : *list)
            result.push_back(item.extract<std::string>());
    return result;
}

bool takesOnlyKnown(const ObjectPtr& schema)
{
    const Var additional = schema->get("additionalProperties");
    return additional.isBoolean() && !additional.extract<bool>();
}

/// Whether one of the fields that `value` has and the schema has not was meant to be `wanted`.
bool isMisspelt(const std::string& wanted, const ObjectPtr& schema, const ObjectPtr& value)
{
    const ObjectPtr properties = schema->getObject("properties");
    if (!properties || !takesOnlyKnown(schema))
        return false;
    const auto names = value->getNames();
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name)
                       { return !properties->has(name) && nearest(name, properties->getNames()) == wanted; });
}

}

void Explainer::checkPresence(const ObjectPtr& requiring, const ObjectPtr& schema, const Var& value,
                              const std::string& pointer, const std::string& name)
{
    const auto& object = value.extract<ObjectPtr>();
    for (const auto& field : required(requiring))
        if (!object->has(field) && !isMisspelt(field, schema, object))
            report(pointer, "missing-field",
                   (name.empty() ? "" : quoted(name) + ": ") + "missing field " + quoted(field));
}

void Explainer::checkMembers(const ObjectPtr& schema, const Var& value, const std::string& pointer)
{
    const ObjectPtr properties = schema->getObject("properties");
    const ObjectPtr names = schema->has("propertyNames") ? resolve(schema->getObject("propertyNames")) : ObjectPtr();
    for (const auto& [key, member] : *value.extract<ObjectPtr>())
    {
        const std::string at = childPointer(pointer, key);
        if (names)
            checkText(names, key, at, key);
        if (properties && properties->has(key))
            checkValue(properties->getObject(key), member, at, key);
        else if (const ObjectPtr additional = schema->getObject("additionalProperties"))
            checkValue(additional, member, at, key);
        else if (takesOnlyKnown(schema))
        {
            const std::string refusal = neverGiven(key);
            report(at, "unknown-field", "unknown field " + quoted(key),
                   refusal.empty() ? suggestion(key, keysOf(properties)) : refusal);
        }
    }
}

void Explainer::checkChoice(const ObjectPtr& schema, const Var& value, const std::string& pointer)
{
    const ArrayPtr branches = schema->getArray("oneOf");
    if (!branches)
        return;
    const auto& object = value.extract<ObjectPtr>();
    std::vector<std::string> choices;
    for (const Var& branch : *branches)
        choices.push_back(required(branch.extract<ObjectPtr>()).front());
    const auto given =
        std::count_if(choices.begin(), choices.end(), [&](const std::string& choice) { return object->has(choice); });
    const bool misspelt = std::any_of(choices.begin(), choices.end(),
                                      [&](const std::string& choice) { return isMisspelt(choice, schema, object); });
    if (given == 0 && !misspelt)
        report(pointer, "missing-field", "needs one of " + quotedList(choices));
    else if (given > 1)
        report(pointer, "exclusive-fields", "takes only one of " + quotedList(choices));
}

}
