#include "validate/parameters.h"

#include <algorithm>

namespace mcpctl
{

namespace
{

const std::map<std::string, Parameter::Type> typesByName{
    {"string", Parameter::Type::string},
    {"integer", Parameter::Type::integer},
    {"number", Parameter::Type::number},
    {"boolean", Parameter::Type::boolean},
};

std::string nameOf(Parameter::Type type)
{
    for (const auto& [name, known] : typesByName)
        if (known == type)
            return name;
    return {};
}

bool hasType(const Scalar& value, Parameter::Type type)
{
    switch (type)
    {
    case Parameter::Type::string:
        return std::holds_alternative<std::string>(value);
    case Parameter::Type::integer:
        return std::holds_alternative<std::int64_t>(value);
    case Parameter::Type::number:
        return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
    case Parameter::Type::boolean:
        return std::holds_alternative<bool>(value);
    }
    return false;
}

std::string nameOfActual(const Scalar& value)
{
    if (std::holds_alternative<std::string>(value))
        return "a string";
    return std::holds_alternative<bool>(value) ? "a boolean" : "a number";
}

}

Found<std::string> parameterText(const std::string& name, const Parameter& parameter, const Node& node)
{
    const Scalar value = node.scalar();
    Found<std::string> found{toText(value), {}};
    if (!hasType(value, parameter.type))
    {
        std::string hint;
        if (parameter.type == Parameter::Type::string)
            hint = "quote it: \"" + found.value + "\"";
        else if (std::holds_alternative<std::string>(value))
            hint = "write it without quotes";
        found.diagnostics.push_back(makeError(node.place(), "parameter",
                                              "parameter " + quoted(name) + " is of type " + nameOf(parameter.type) +
                                                  ", got " + nameOfActual(value),
                                              hint, {parameter.place}));
    }
    else if (!parameter.allowed.empty() &&
             std::find(parameter.allowed.begin(), parameter.allowed.end(), found.value) == parameter.allowed.end())
        found.diagnostics.push_back(makeError(node.place(), "parameter",
                                              "parameter " + quoted(name) + " must be one of " +
                                                  quotedList(parameter.allowed) + ", not " + quoted(found.value),
                                              "", {parameter.place}));
    return found;
}

Found<Parameters> parseParameters(const Node& config)
{
    Found<Parameters> found;
    const auto keep = [&](Found<std::string> text)
    {
        found.diagnostics.insert(found.diagnostics.end(), text.diagnostics.begin(), text.diagnostics.end());
        return std::move(text.value);
    };
    for (const Node& node : config.members())
    {
        Parameter parameter;
        parameter.place = node.place();
        parameter.type = typesByName.at(node["type"].text());
        parameter.required = node["required"] && node["required"].boolean();
        std::vector<std::string> allowed; // not before all are read: an allowed value needs not be one
        for (const Node& item : node["enum"].items())
            allowed.push_back(keep(parameterText(node.key(), parameter, item)));
        parameter.allowed = std::move(allowed);
        if (const Node value = node["default"])
            parameter.defaultText = keep(parameterText(node.key(), parameter, value));
        if (parameter.required && parameter.defaultText)
            found.diagnostics.push_back(
                makeError(node["default"].place(), "parameter",
                          "parameter " + quoted(node.key()) + " is required, so its default is never used",
                          "keep one of `required` and `default`"));
        found.value.emplace(node.key(), std::move(parameter));
    }
    return found;
}

std::set<std::string> namesOf(const Parameters& parameters)
{
    std::set<std::string> names;
    for (const auto& [name, parameter] : parameters)
        names.insert(name);
    return names;
}

}
