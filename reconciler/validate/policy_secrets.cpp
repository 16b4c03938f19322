// The rule about secrets that are written out. What it says never has a part of the value in it, and the
// line is not shown.
#include "validate/policy_rules.h"
#include "validate/read_server.h"
#include "validate/secret_shapes.h"

namespace mcpctl
{

namespace
{

/// Looks at one text after the other.
class SecretFinder
{
public:
    /// `name` is what the text is the value of; empty: of nothing.
    void look(const std::string& name, const std::string& text, const SourcePos& place)
    {
        const std::string of = name.empty() ? "an argument" : quoted(name);
        if (const auto shape = shapeOfSecret(text); !shape.empty())
            report(place, of + " looks like " + shape);
        else if (namesSecret(name) && couldBeSecret(text))
            report(place, of + " is written out");
    }

    void look(const std::string& name, const Template& value, const SourcePos& place)
    {
        for (const auto& part : value.parts)
        {
            if (part.fallback)
                look(namesSecret(name) ? name : part.text, *part.fallback, place);
            // `Bearer ${config.token}` has a text of its own that is no secret.
            else if (part.kind == Template::Part::Kind::literal)
                look(value.parts.size() == 1 ? name : "", part.text, place);
        }
    }

    /// `--token=VALUE`, and `--token VALUE`.
    void look(const Arguments& arguments, const SourcePos& place)
    {
        std::string name;
        for (const Template& argument : arguments.value_or(std::vector<Template>{}))
        {
            const std::string text = argument.parts.empty() ? "" : argument.parts.front().text;
            const bool isOption = text.starts_with("-");
            const auto equals = isOption ? text.find('=') : std::string::npos;
            if (equals != std::string::npos && argument.parts.size() == 1)
                look(text.substr(0, equals), text.substr(equals + 1), place);
            else
                look(isOption ? "" : name, argument, place);
            name = isOption && equals == std::string::npos ? text : "";
        }
    }

    PolicyFindings found() && { return std::move(found_); }

private:
    void report(const SourcePos& place, std::string what)
    {
        found_.push_back({.place = place, .what = std::move(what), .hidesSource = true});
    }

    PolicyFindings found_;
};

void lookAt(const ServerManifest& server, SecretFinder& finder)
{
    for (const auto& [name, value] : server.env)
        if (!value.secretName)
            finder.look(name, value.value, value.place);
    for (const auto& [name, parameter] : server.parameters)
        if (parameter.defaultText)
            finder.look(name, *parameter.defaultText, parameter.place);
    finder.look(server.entrypoint, placeIn(server, "entrypoint"));
    finder.look(server.command, placeIn(server, "command"));
    finder.look(server.healthCommand, placeIn(server, "health"));
}

void lookAt(const InstanceSubject& instance, SecretFinder& finder)
{
    if (instance.entry == nullptr)
        return;
    for (const Node& value : instance.entry->env.members())
        if (const auto env = readEnvValue(value, namesOf(instance.server->parameters)).value; !env.secretName)
            finder.look(value.key(), env.value, env.place);
    for (const Node& value : instance.entry->config.members())
        finder.look(value.key(), toText(value.scalar()), value.place());
}

}

PolicyFindings findPlaintextSecrets(const PolicySubject& subject, const RuleParameters&, const PolicyContext&)
{
    SecretFinder finder;
    if (const auto* server = subjectAs<ServerManifest>(subject))
        lookAt(*server, finder);
    else if (const auto* instance = subjectAs<InstanceSubject>(subject))
        lookAt(*instance, finder);
    return std::move(finder).found();
}

}
