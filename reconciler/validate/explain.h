#pragma once

#include "model/document.h"
#include "validate/patterns.h"

#include <Poco/JSON/Object.h>

#include <string>

namespace mcpctl
{

/// Says in words why a document does not obey a schema, each finding at its place: `unknown-field`,
/// `missing-field`, `wrong-type`, `wrong-value`, `wrong-form`, `out-of-range`, `wrong-length`,
/// `exclusive-fields`. One mistake gives one finding: a misspelt required field is not also missing, and
/// what has the wrong type is not looked into.
///
/// Knows the keywords that the schemas use (a test lists them): type, enum, required, properties,
/// additionalProperties, propertyNames, items, min/maxItems, min/maxLength, pattern, minimum, maximum,
/// oneOf over `required`, if/then, and $ref into `definitions`. `patternErrorMessage`, which editors
/// show too, words a pattern.
class Explainer
{
public:
    /// `schema` is the root of a schema; `patterns` outlives the explainer.
    Explainer(const Document& document, Poco::JSON::Object::Ptr schema, PatternCache& patterns);

    Diagnostics explain();

private:
    using Var = Poco::Dynamic::Var;
    using ObjectPtr = Poco::JSON::Object::Ptr;

    void checkValue(const ObjectPtr& schema, const Var& value, const std::string& pointer, const std::string& name);
    void checkText(const ObjectPtr& schema, const std::string& text, const std::string& pointer,
                   const std::string& name);
    void checkNumber(const ObjectPtr& schema, const Var& value, const std::string& pointer, const std::string& name);
    void checkList(const ObjectPtr& schema, const Var& value, const std::string& pointer, const std::string& name);
    void checkMapping(const ObjectPtr& schema, const Var& value, const std::string& pointer, const std::string& name);
    void checkMembers(const ObjectPtr& schema, const Var& value, const std::string& pointer);
    /// The fields that `requiring` asks for, in a mapping that `schema` describes.
    void checkPresence(const ObjectPtr& requiring, const ObjectPtr& schema, const Var& value,
                       const std::string& pointer, const std::string& name);
    void checkChoice(const ObjectPtr& schema, const Var& value, const std::string& pointer);
    void explainType(const ObjectPtr& schema, const Var& value, const std::string& pointer, const std::string& name);
    void explainEnum(const ObjectPtr& schema, const Var& value, const std::string& pointer, const std::string& name);

    bool obeys(const ObjectPtr& schema, const Var& value);
    ObjectPtr resolve(const ObjectPtr& schema) const;
    void report(const std::string& pointer, std::string rule, std::string message, std::string hint = {});

    const Document& document_;
    ObjectPtr root_;
    PatternCache& patterns_;
    Diagnostics found_;
};

}
