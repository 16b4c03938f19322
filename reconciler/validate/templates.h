#pragma once

#include "validate/findings.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mcpctl
{

/// A text with placeholders, taken apart once and filled in for every instance:
///
///     ${config.NAME}  ${config.NAME:-fallback}  ${profile.name}  ${server.name}  ${instance.name}
///
/// `$$` is a dollar; a dollar before anything but `{` or `$` stands for itself. What is filled in is not
/// looked at again, so a value with `${...}` in it stays as it is.
struct Template
{
    struct Part
    {
        enum class Kind
        {
            literal,
            config,
            profileName,
            serverName,
            instanceName,
        };

        Kind kind = Kind::literal;
        std::string text;                    ///< the literal, or the parameter's name
        std::optional<std::string> fallback; ///< taken when the parameter has no value; may be empty

        bool operator==(const Part&) const = default;
    };

    std::vector<Part> parts;

    bool operator==(const Template&) const = default;
};

/// Takes `text` apart. `parameters` are those that `${config.NAME}` may name. Errors, all at `place`:
/// `template-syntax` (no closing brace), `unknown-name`, `unknown-parameter`.
Found<Template> parseTemplate(std::string_view text, const std::set<std::string>& parameters, const SourcePos& place);

/// What the placeholders stand for.
struct TemplateValues
{
    std::string profileName;
    std::string serverName;
    std::string instanceName;
    std::map<std::string, std::string> config;
};

/// A template filled in, or the parameters that have neither a value nor a fallback.
struct Expansion
{
    std::string text;
    std::set<std::string> missing;
};

Expansion expand(const Template& parsed, const TemplateValues& values);

}
