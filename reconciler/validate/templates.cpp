#include "validate/templates.h"

namespace mcpctl
{

namespace
{

using Part = Template::Part;

const std::map<std::string_view, Part::Kind> fixedNames{
    {"profile.name", Part::Kind::profileName},
    {"server.name", Part::Kind::serverName},
    {"instance.name", Part::Kind::instanceName},
};

constexpr std::string_view configPrefix = "config.";

std::vector<std::string> offeredNames(const std::set<std::string>& parameters)
{
    std::vector<std::string> names;
    names.reserve(parameters.size() + fixedNames.size());
    for (const auto& parameter : parameters)
        names.push_back(std::string(configPrefix) + parameter);
    for (const auto& [name, kind] : fixedNames)
        names.emplace_back(name);
    return names;
}

void appendLiteral(Template& parsed, std::string_view text)
{
    if (text.empty())
        return;
    if (parsed.parts.empty() || parsed.parts.back().kind != Part::Kind::literal)
        parsed.parts.push_back({});
    parsed.parts.back().text += text;
}

/// What stands between `${` and `}`.
Found<Part> parsePlaceholder(std::string_view inside, const std::set<std::string>& parameters, const SourcePos& place)
{
    const std::size_t separator = inside.find(":-");
    const std::string name(inside.substr(0, separator));
    Found<Part> found;
    if (separator != std::string_view::npos)
        found.value.fallback = std::string(inside.substr(separator + 2));
    if (const auto fixed = fixedNames.find(name); fixed != fixedNames.end())
        found.value.kind = fixed->second;
    else if (name.starts_with(configPrefix))
    {
        found.value.kind = Part::Kind::config;
        found.value.text = name.substr(configPrefix.size());
        if (!parameters.contains(found.value.text))
            found.diagnostics.push_back(
                makeError(place, "unknown-parameter", "the server has no parameter " + quoted(found.value.text),
                          parameters.empty() ? "declare it under `spec.config`"
                                             : suggestion(found.value.text, {parameters.begin(), parameters.end()})));
    }
    else
        found.diagnostics.push_back(makeError(place, "unknown-name", "a template has no name " + quoted(name),
                                              suggestion(name, offeredNames(parameters))));
    return found;
}

}

Found<Template> parseTemplate(std::string_view text, const std::set<std::string>& parameters, const SourcePos& place)
{
    Found<Template> found;
    while (!text.empty())
    {
        const std::size_t dollar = text.find('$');
        appendLiteral(found.value, text.substr(0, dollar));
        if (dollar == std::string_view::npos)
            break;
        text.remove_prefix(dollar);
        if (!text.starts_with("${"))
        {
            appendLiteral(found.value, "$");
            text.remove_prefix(text.starts_with("$$") ? 2 : 1);
            continue;
        }
        const std::size_t close = text.find('}');
        if (close == std::string_view::npos)
        {
            found.diagnostics.push_back(makeError(place, "template-syntax", quoted(text) + " is not closed",
                                                  "write `}` after the name, or `$$` for a dollar"));
            break;
        }
        auto part = parsePlaceholder(text.substr(2, close - 2), parameters, place);
        found.value.parts.push_back(std::move(part.value));
        found.diagnostics.insert(found.diagnostics.end(), part.diagnostics.begin(), part.diagnostics.end());
        text.remove_prefix(close + 1);
    }
    return found;
}

Expansion expand(const Template& parsed, const TemplateValues& values)
{
    Expansion result;
    for (const Part& part : parsed.parts)
    {
        switch (part.kind)
        {
        case Part::Kind::literal:
            result.text += part.text;
            break;
        case Part::Kind::profileName:
            result.text += values.profileName;
            break;
        case Part::Kind::serverName:
            result.text += values.serverName;
            break;
        case Part::Kind::instanceName:
            result.text += values.instanceName;
            break;
        case Part::Kind::config:
            if (const auto value = values.config.find(part.text); value != values.config.end())
                result.text += value->second;
            else if (part.fallback)
                result.text += *part.fallback;
            else
                result.missing.insert(part.text);
        }
    }
    return result;
}

}
